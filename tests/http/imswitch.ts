import { expect } from 'vitest';
import type { HttpDoor } from '../../src/main/http/server.ts';
import { call, type Call } from './door.ts';

/** Where the newer versions of ImSwitch have their calls. */
export const folder = '/imswitch/api/LiveViewController';
export const json = { 'content-type': 'application/json' };

/** One call as ImSwitch's client makes it. @returns What it reads: the body, whatever the status. */
export async function ask(door: HttpDoor, name: string, request: Call = {}): Promise<unknown> {
  const { status, text } = await call(door, { ...request, path: `${folder}/${name}` });
  expect(status).toBe(200);
  return JSON.parse(text);
}

/** A body as its client sends it. */
export const post = (body: unknown): Call => ({ method: 'POST', headers: json, body: JSON.stringify(body) });
