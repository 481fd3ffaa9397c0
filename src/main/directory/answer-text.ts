import type { IncomingMessage } from 'node:http';

const maxAnswerBytes = 64 * 1024;

/** The body of another machine's answer; null where it is longer than 64 KiB. @throws What the network says. */
export async function textOf(answer: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > maxAnswerBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
