import * as v from 'valibot';

/**
 * A text of one line as a person writes it, without spaces around it. Control and formatting characters would let it look like another one,
 * or break a line of a log.
 */
export function plainText({ min, max }: { readonly min: number; readonly max: number }) {
  return v.pipe(
    v.string('must be a text'),
    v.transform((text) => text.normalize('NFC').trim()),
    v.minLength(min, 'must not be empty'),
    v.maxLength(max, `must be at most ${max} characters long`),
    v.regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'must be plain text'),
  );
}
