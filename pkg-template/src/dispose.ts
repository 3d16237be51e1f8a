// `using policy = ...`: on platforms that know `Symbol.dispose`, leaving the block frees.

/** Gives a prototype `Symbol.dispose`, on platforms that know it. */
export function disposeByFree(prototype: { free(): void }): void {
  const dispose: unknown = Reflect.get(Symbol, "dispose");
  if (typeof dispose !== "symbol") return;
  Object.defineProperty(prototype, dispose, {
    value(this: { free(): void }): void {
      this.free();
    },
    configurable: true,
    writable: true,
  });
}
