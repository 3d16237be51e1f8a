// How runtimes that compile the module themselves give it to a program.

declare module "*/engine.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/edge.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/engine.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/edge.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
