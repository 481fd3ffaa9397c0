import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';
import * as v from 'valibot';
import { passwordSchema } from '../shared/access.ts';
import { StationError } from '../shared/errors.ts';
import { openAccessFile } from './access/access-file.ts';

/** Where the password comes from, and where it is asked for. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly output: NodeJS.WritableStream;
}

/**
 * Writes down a user who may do everything. The password is typed without being shown or read from standard input, because command lines
 * stand in lists of processes and in histories.
 * @returns What is wrong, as the end of a sentence, or null.
 */
export async function addAdmin(name: string, dataDir: string, terminal: Terminal): Promise<string | null> {
  const typed = await readLines(terminal, ['Password: ', 'The same again: ']);
  // Nobody can see a mistake in what is not shown; a program makes none.
  if (terminal.input.isTTY && typed[0] !== typed[1]) return 'the password was not typed the same twice';
  const { success, output: password, issues } = v.safeParse(passwordSchema, typed[0] ?? '');
  if (!success) return `the password ${issues[0].message}`;
  try {
    const file = openAccessFile(dataDir);
    try {
      await file.users.add({ name, password, role: 'admin', streams: 'all' });
      return null;
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof StationError) return error.message;
    throw error;
  }
}

/** Asks for a line after the other at a terminal; of anything else, the first line is read. */
async function readLines({ input, output }: Terminal, questions: readonly string[]): Promise<string[]> {
  const isTerminal = input.isTTY === true;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: isTerminal });
  const typed: string[] = [];
  if (isTerminal) output.write(questions[0] ?? '');
  for await (const line of lines) {
    typed.push(line);
    if (isTerminal) output.write(`\n${questions[typed.length] ?? ''}`);
    if (!isTerminal || typed.length === questions.length) break;
  }
  lines.close();
  return typed;
}
