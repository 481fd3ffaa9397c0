import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';
import { build } from 'vite';
import type {} from '../support/call-page.ts';

/** Makes a page one that can call, without screens. @param user Null on the station's own machine. */
export async function becomeCallPage(
  page: Page,
  user: { readonly name: string; readonly password: string } | null,
): Promise<void> {
  await page.evaluate(await pageScript('../support/call-page.ts', 'callPageScript'));
  await page.evaluate(async (user) => {
    window.callPage = await window.openCallPage(user);
  }, user);
}

export const phaseOf = (page: Page) => page.evaluate(() => window.callPage.call.sessionState?.phase.kind ?? null);
export const received = (page: Page) => page.evaluate(() => window.callPage.received());

/** Waits until a page decodes more pictures than it has by now, and has heard something. */
export async function expectMedia(page: Page): Promise<void> {
  const before = await received(page);
  await expect.poll(async () => (await received(page)).framesDecoded).toBeGreaterThan(before.framesDecoded + 5);
  await expect.poll(async () => (await received(page)).soundEnergy).toBeGreaterThan(0);
}

export async function ring(caller: Page, callee: Page, calleeId: string): Promise<void> {
  await expect.poll(() => caller.evaluate(() => window.callPage.call.people.map(({ id }) => id))).toContain(calleeId);
  await caller.evaluate((id) => window.callPage.call.initiate(id), calleeId);
  await expect.poll(() => callee.evaluate(() => window.callPage.call.incoming?.caller.name ?? null)).not.toBeNull();
  await callee.evaluate(() => window.callPage.call.accept(window.callPage.call.incoming?.callId ?? ''));
  for (const page of [caller, callee]) await expect.poll(() => phaseOf(page)).toBe('connected');
}

/** A module of the page, with all that it needs, as one script. @param name What it is there, with what it exports. */
export async function pageScript(path: string, name: string): Promise<string> {
  const entry = fileURLToPath(new URL(path, import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, lib: { entry, formats: ['iife'], name } },
  });
  const [{ output }] = built as unknown as [{ output: [{ code: string }] }];
  return output[0].code;
}
