import * as v from 'valibot';
import { StationError } from './errors.ts';

/**
 * What somebody gave, as a schema reads it that names each fault.
 * @throws StationError `bad_setting` that says what is wrong, for a person.
 */
export function checked<TSchema extends v.GenericSchema>(schema: TSchema, value: unknown): v.InferOutput<TSchema> {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return output;
  throw StationError.badSetting(`That is refused: ${describeRefusal(issues[0])}.`);
}

/** Names a key only where the schema knows it, so that nothing of what was given comes back. */
export function describeRefusal(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object') return issue.message;
  return `"${v.getDotPath(issue)?.split('.', 1)[0] ?? ''}" ${issue.message}`;
}
