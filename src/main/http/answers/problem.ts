import * as v from 'valibot';

/** What every refusal says (RFC 9457). */
export const problemSchema = v.object({
  status: v.pipe(v.number(), v.integer()),
  code: v.pipe(v.string(), v.description('For programs.')),
  title: v.pipe(v.string(), v.description('For people: one sentence.')),
  error: v.exactOptional(
    v.pipe(
      v.string(),
      v.description('The title again, for clients of a robot camera server; at their addresses only.'),
    ),
  ),
});
