import * as v from 'valibot';
import { Problem } from './problem.ts';

/** What a schema of an object says of a key that is missing, or of something that is no object. */
export const objectMessage = ({ expected, received }: v.BaseIssue<unknown>): string =>
  received === 'undefined' ? `${expected} is missing` : 'it must be a JSON object';

/**
 * Reads the JSON body of a request.
 * @param refusal Made of what is wrong, and thrown.
 * @param notJson Thrown where the body is not even JSON.
 */
export function readJson<TSchema extends v.GenericSchema>(
  schema: TSchema,
  body: string,
  refusal: (what: string, issue: v.BaseIssue<unknown>) => Error,
  notJson: () => Error = () => Problem.notJson(),
): v.InferOutput<TSchema> {
  const { success, output, issues } = v.safeParse(schema, parse(body, notJson));
  if (!success) throw refusal(issues[0].message, issues[0]);
  return output;
}

function parse(body: string, notJson: () => Error): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // The parser's own message repeats the input, so the client gets ours.
    throw notJson();
  }
}
