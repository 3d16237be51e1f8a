// A document of the examples that is a file beside the page, and is fetched when it is chosen.

export interface ExampleDocument {
  name: string;
  title: string;
  load(): Promise<Uint8Array>;
}

/** The one at this address; `what` it is, such as `plan`, is said where it cannot be read. */
export function exampleDocument(what: string, name: string, title: string, address: string): ExampleDocument {
  return {
    name,
    title,
    async load() {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(`the example ${what} could not be read (${answer.status} ${answer.statusText})`);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
}
