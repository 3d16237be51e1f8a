// The entry that loads nothing: the program passes `init()` the module, its bytes, its URL or a response.

export * from "./index.js";
