import { kioskPlatform } from '../support/kiosk.ts';

/** Says first of all what the results will be worth. */
export default async function announce(): Promise<void> {
  const platform = await kioskPlatform();
  process.stdout.write(`KIOSK SUITE: ${await platform.title()}\n`);
}
