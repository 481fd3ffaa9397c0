import { expect, test } from 'vitest';
import { pageUrl } from '../../src/main/desktop/page.ts';
import { safePages, type Trouble } from '../../src/main/desktop/safe-page.ts';

const pageOf = (trouble: Trouble): string => safePages(() => trouble).get('/safe.html')?.() ?? '';

const failed: Trouble = { what: 'page_failed', detail: 'its process is gone (oom)', retryAfterS: 60 };

test('The safe page says in three languages what happened, and offers the next try', () => {
  const page = pageOf(failed);
  for (const words of ['The picture wall stopped', 'Le mur d’images s’est arrêté', 'Die Bilderwand ist ausgefallen']) {
    expect(page).toContain(words);
  }
  expect(page).toContain('its process is gone (oom)');
  expect(page.match(/href="[^"]*"/g)).toEqual(['href="/safe.css"', ...Array<string>(3).fill(`href="${pageUrl}"`)]);
});

test('Where the station cannot start, there is nothing to touch: it tries again by itself', () => {
  const page = pageOf({ what: 'start_failed', detail: 'port 8080 is taken', retryAfterS: 10 });
  expect(page).toContain('Die Station kann nicht starten');
  expect(page).toContain('port 8080 is taken');
  expect(page).not.toContain('<a ');
});

test('It needs no script, and obeys the policy that forbids styles inside the page', () => {
  const page = pageOf({ ...failed, detail: '<script>alert(1)</script>' });
  expect(page).not.toMatch(/<script|style=|<style|on\w+=/);
});
