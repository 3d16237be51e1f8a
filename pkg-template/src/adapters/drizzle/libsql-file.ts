// A file on this machine through libsql, which other connections and other processes may lock.

import { sql } from "drizzle-orm";
import type { Batching, Connection, Database, Question, Statements } from "./database.js";

/** What is asked of libsql's client beside what drizzle asks. */
interface Client {
  execute(statement: string): Promise<{ rows: ArrayLike<unknown>[] }>;
  executeMultiple(statements: string): Promise<void>;
}

type LocalFile = Batching & { $client: Client };

/** Whether a database is libsql's, in this process: a file, or in memory. */
export function isLocalFile(db: Batching): db is LocalFile {
  const client: unknown = Reflect.get(db, "$client");
  if (typeof client !== "object" || client === null) return false;
  return Reflect.get(client, "protocol") === "file" && typeof Reflect.get(client, "executeMultiple") === "function";
}

// Far longer than another process takes to write a commit. The program stands still while SQLite waits.
const LEAST_TIMEOUT_MS = 2000;

// INVARIANT (no lock is met): libsql's driver leaves a statement that met a lock unfinished until it is garbage, and until then its
// connection cannot commit, sees an old state, or keeps others from writing. So the lock for writing, which somebody may hold for long,
// this very program too, is tried with `executeMultiple`, which leaves nothing unfinished. A lock for a moment is waited for by SQLite.
/** The connection of a file on this machine. */
export function localFile(db: LocalFile): Connection {
  const client = db.$client;
  let timeout: number | undefined;
  const timeoutMs = async (): Promise<number> => (timeout ??= await timeoutOf(client));
  return {
    async read<Row>(question: (db: Database) => Question<Row>): Promise<Row[]> {
      return (await db.batch([waiting(db, await timeoutMs()), question(db)])).at(-1) as Row[];
    },
    async atOnce<Row>(statements: (db: Database) => Statements<Row>): Promise<Row[]> {
      const ms = await timeoutMs();
      await tryLock(client, ms);
      const { writes, outcome } = statements(db);
      return (await db.batch([waiting(db, ms), ...writes, outcome])).at(-1) as Row[];
    },
    async script(statements) {
      await client.executeMultiple(statements.join(";\n"));
    },
  };
}

/** How long SQLite waits: never shorter than whoever opened the file wants. */
async function timeoutOf(client: Client): Promise<number> {
  const { rows } = await client.execute("pragma busy_timeout");
  return Math.max(Number(rows[0]?.[0] ?? 0), LEAST_TIMEOUT_MS);
}

function waiting(db: Database, ms: number): unknown {
  return db.run(sql.raw(`pragma busy_timeout = ${ms}`));
}

// Without waiting: who holds the lock may be this program, which must go on to give it back.
async function tryLock(client: Client, ms: number): Promise<void> {
  try {
    await client.executeMultiple("pragma busy_timeout = 0; begin immediate; rollback");
  } finally {
    await client.executeMultiple(`pragma busy_timeout = ${ms}`);
  }
}
