// Light or dark: the system's choice until the person makes one; theme-boot.js applies it before the first paint.
const KEY = "regate-theme";
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function isDark(): boolean {
  const chosen = document.documentElement.dataset["theme"];
  return chosen === undefined ? systemDark.matches : chosen === "dark";
}

function remember(theme: string | null): void {
  try {
    if (theme === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be refused; the choice then lasts as long as the page.
  }
}

/** Wires the button; `forget` goes back to the system's choice. */
export function wireThemeToggle(button: HTMLButtonElement): { forget(): void } {
  const show = () => (button.textContent = isDark() ? "Light theme" : "Dark theme");
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = theme;
    remember(theme);
    show();
  });
  systemDark.addEventListener("change", show);
  show();
  return {
    forget() {
      delete document.documentElement.dataset["theme"];
      remember(null);
      show();
    },
  };
}
