// Takes files that are dropped anywhere on the page, and shows where they would go while they are above it.

/** Calls `take` with the first file of every drop; `hint` is shown while files are held above the page. */
export function wireFileDrop(hint: HTMLElement, take: (file: File) => void): void {
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  let inside = 0;
  const show = () => (hint.hidden = inside === 0);
  // In the capture phase, because the editors would otherwise take a dropped file as text.
  const options = { capture: true };
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    inside += 1;
    show();
  }, options);
  document.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return;
    inside = Math.max(0, inside - 1);
    show();
  }, options);
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  }, options);
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    inside = 0;
    show();
    const file = event.dataTransfer?.files[0];
    if (file) take(file);
  }, options);
}

/** Why a file is not read: it is larger than the engine takes. Null: it is not. A larger file need not be read to be refused. */
export function tooLarge(file: File, largest: number, what: string): string | null {
  if (file.size <= largest) return null;
  const megabytes = (bytes: number): string => `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
  return `${file.name} has ${megabytes(file.size)}, and ${what} may have at most ${megabytes(largest)}`;
}
