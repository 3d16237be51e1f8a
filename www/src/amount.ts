// Says how many there are of something: `1 call`, `1,200 entries`.

export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
