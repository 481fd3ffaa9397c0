import { expectLive, expectPictures } from '../e2e/fixtures.ts';
import { changeNetwork, newSessions, watchSessions } from '../e2e/sessions.ts';
import { expect, test, twoStreams } from './fixtures.ts';

test('a network change moves a session that the station offered, and the picture goes on in it', async ({
  startKiosk,
}) => {
  const kiosk = await startKiosk({ config: twoStreams });
  const { page } = kiosk;
  for (const id of ['clock', 'dim']) await expectLive(page, id);
  await watchSessions(page);
  const pictures = expectPictures(page, 'clock', 60);
  await changeNetwork(page, () => kiosk.log, 2);
  await pictures;
  await changeNetwork(page, () => kiosk.log, 4);
  await expectPictures(page, 'clock', 60);
  for (const id of ['clock', 'dim']) await expectLive(page, id);
  expect(await newSessions(page)).toBe(0);
  expect((await kiosk.state()).streams.map(({ viewers }) => viewers)).toEqual([1, 1]);
});
