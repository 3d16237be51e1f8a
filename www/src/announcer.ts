// Tells screen readers what changed: one polite live region, the last word of each topic, after typing rests.
import { byId } from "./element";

const REST_MS = 700;
const waiting = new Map<string, string>();
const said = new Map<string, string>();
let timer: number | undefined;

/** Announces what came of something that a person asked for, which they want to hear also where it is what they heard last. */
export function announceAgain(topic: string, text: string): void {
  said.delete(topic);
  announce(topic, text);
}

/** Announces `text` once things are quiet; a newer text of the same topic takes its place. */
export function announce(topic: string, text: string): void {
  waiting.set(topic, text);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    const news = [...waiting].filter(([name, words]) => said.get(name) !== words);
    waiting.clear();
    for (const [name, words] of news) said.set(name, words);
    if (news.length > 0) byId("announcements", HTMLElement).textContent = news.map(([, words]) => words).join(" ");
  }, REST_MS);
}
