// @vitest-environment happy-dom
import { expect, test } from 'vitest';
import { openPage, settle, shutOut, stream, text, tiles } from '../open-page.ts';

test.each([
  ['link_ended', 'This link has ended. Ask at the station for a new one.'],
  ['no_link', 'This station is watched with a guest link. Open the link or scan the code that the station shows.'],
] as const)('A page that is not let in (%s) says so in place of the wall', async (why, words) => {
  await openPage([stream('brightfield')]);
  expect(tiles()).toHaveLength(1);
  shutOut(why);
  await settle();
  expect(text(document.querySelector('#app'))).toBe(words);
  expect(tiles()).toHaveLength(0);
});
