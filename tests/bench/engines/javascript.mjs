// Hand-written JS: the measure of the others.

const decoder = new TextDecoder();

export const name = "hand-written JS";

export function contestants({ decide }) {
  return {
    text: (text) => decide(JSON.parse(text)),
    bytes: (bytes) => decide(JSON.parse(decoder.decode(bytes))),
    object: decide,
  };
}
