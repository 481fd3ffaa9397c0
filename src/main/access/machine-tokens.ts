import type { DatabaseSync } from 'node:sqlite';
import type { AllowedStreams, MachineToken, NewMachineToken, Role } from '../../shared/access.ts';
import { hashOfToken, newSecretToken } from './secret-token.ts';

const dayMs = 86_400_000;
const prefix = 'eym_';

interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly streams_json: string;
  readonly created_at_ms: number;
  readonly expires_at_ms: number;
}

const columns = 'id, name, role, streams_json, created_at_ms, expires_at_ms';

/** What lets programs in. They can't type a password, and many can't fetch another token every quarter of an hour. */
export class MachineTokens {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Those too that have expired, until somebody removes them. */
  list(): MachineToken[] {
    return this.#database
      .prepare(`SELECT ${columns} FROM machine_tokens ORDER BY id`)
      .all()
      .map((row) => tokenOf(row as unknown as TokenRow));
  }

  /** @returns The token itself too, of which only a hash is kept. */
  add({ name, role, streams, expiresInDays }: NewMachineToken): MachineToken & { readonly token: string } {
    const token = newSecretToken(prefix);
    const createdAtMs = Date.now();
    const expiresAtMs = createdAtMs + expiresInDays * dayMs;
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO machine_tokens (name, token_hash, role, streams_json, created_at_ms, expires_at_ms)
        VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(name, hashOfToken(token), role, JSON.stringify(streams), createdAtMs, expiresAtMs);
    return { id: Number(lastInsertRowid), name, role, streams, createdAtMs, expiresAtMs, token };
  }

  remove(id: number): boolean {
    return this.#database.prepare('DELETE FROM machine_tokens WHERE id = ?').run(id).changes > 0;
  }

  /** Whether a text can be a token at all, so that nothing is looked up for one that can't. */
  static isToken(text: string): boolean {
    return text.startsWith(prefix);
  }

  /** The machine token, or null where it is none of ours or has expired. */
  find(token: string): MachineToken | null {
    return this.#unexpired('token_hash = ?', hashOfToken(token));
  }

  /** As find, by the id. */
  get(id: number): MachineToken | null {
    return this.#unexpired('id = ?', id);
  }

  #unexpired(condition: string, value: number | Buffer): MachineToken | null {
    const row = this.#database
      .prepare(`SELECT ${columns} FROM machine_tokens WHERE ${condition} AND expires_at_ms > ?`)
      .get(value, Date.now()) as TokenRow | undefined;
    return row ? tokenOf(row) : null;
  }
}

function tokenOf({ id, name, role, streams_json, created_at_ms, expires_at_ms }: TokenRow): MachineToken {
  const streams = JSON.parse(streams_json) as AllowedStreams;
  return { id, name, role, streams, createdAtMs: created_at_ms, expiresAtMs: expires_at_ms };
}
