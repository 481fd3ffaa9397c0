import { expect, onTestFinished, test, vi } from 'vitest';
import { SignInLimits } from '../../src/main/access/sign-in-limits.ts';
import { TryBudgets } from '../../src/main/access/try-budgets.ts';

const wrong = (): Promise<null> => Promise.resolve(null);

test('No more than two passwords are looked at at a time, and whoever comes when many wait is told to wait too', async () => {
  const limits = new SignInLimits();
  const running: (() => void)[] = [];
  const slow = (): Promise<null> => new Promise((resolve) => running.push(() => resolve(null)));
  const attempts = Array.from({ length: 20 }, (_each, at) => limits.attempt(`name ${at}`, `192.0.2.${at}`, slow));
  const [refused] = await Promise.all(attempts.slice(18));
  expect(refused).toEqual({ waitMs: 1_000 });
  for (let done = 0; done < 18; done++) {
    await vi.waitFor(() => expect(running.length).toBeGreaterThan(0));
    expect(running.length).toBeLessThanOrEqual(2);
    running.shift()?.();
  }
  expect(await Promise.all(attempts.slice(0, 18))).toEqual(Array.from({ length: 18 }, () => null));
  // All places are free again.
  expect(await limits.attempt('another', '192.0.2.99', () => Promise.resolve('right'))).toBe('right');
});

test('A try that fails by a mistake of ours frees its place', async () => {
  const limits = new SignInLimits();
  const broken = (): Promise<null> => Promise.reject(new Error('the file is gone'));
  for (let tries = 0; tries < 5; tries++) {
    await expect(limits.attempt(`name ${tries}`, `192.0.2.${tries}`, broken)).rejects.toThrow('the file is gone');
  }
  expect(await limits.attempt('another', '192.0.2.99', wrong)).toBeNull();
});

test('Names that are made up fill no memory, and a name that was tried too often waits a minute', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const budgets = new TryBudgets(1, 60_000);
  expect(budgets.of('Anna').spend()).toBe(0);
  expect(budgets.of('Anna').spend()).toBe(60_000);
  for (let number = 0; number < 999; number++) expect(budgets.of(`made up ${number}`).spend()).toBe(0);
  // From here on they share one budget.
  expect(budgets.of('one more').spend()).toBe(0);
  expect(budgets.of('yet another').spend()).toBeGreaterThan(0);
  vi.advanceTimersByTime(60_000);
  expect(budgets.of('Anna').spend()).toBe(0);
  expect(budgets.of('yet another').spend()).toBe(0);
  expect(budgets.of('one more').spend()).toBe(0);
});

test('One machine that tries all names keeps none of their users out', async () => {
  const limits = new SignInLimits();
  const intruder = '192.0.2.66';
  for (let tries = 0; tries < 200; tries++) await limits.attempt(tries < 10 ? 'nobody' : 'Anna', intruder, wrong);
  for (let number = 0; number < 2_000; number++) await limits.attempt(`made up ${number}`, intruder, wrong);
  expect(await limits.attempt('Anna', '192.0.2.1', () => Promise.resolve('in'))).toBe('in');
  // Those whom nobody has tried before have a budget of their own too.
  for (let tries = 0; tries < 10; tries++) expect(await limits.attempt('Berta', `192.0.2.${tries}`, wrong)).toBeNull();
  expect(await limits.attempt('Clara', '192.0.2.99', () => Promise.resolve('in'))).toBe('in');
});

test('Strangers who try a name keep nobody out who has come in from where he is before, and get no more tries there', async () => {
  const limits = new SignInLimits();
  const right = (): Promise<string> => Promise.resolve('in');
  expect(await limits.attempt('Anna', '192.0.2.1', right)).toBe('in');
  for (let tries = 0; tries < 10; tries++) await limits.attempt('anna', `198.51.100.${tries}`, wrong);
  expect(await limits.attempt('Anna', '203.0.113.1', right)).toHaveProperty('waitMs');
  expect(await limits.attempt('Anna', '192.0.2.1', right)).toBe('in');

  // Whoever else is there has the tries of that address, and no others.
  for (let tries = 0; tries < 10; tries++) expect(await limits.attempt('Anna', '192.0.2.1', wrong)).toBeNull();
  expect(await limits.attempt('Anna', '192.0.2.1', right)).toHaveProperty('waitMs');
});

test('Where many have come in since, somebody is a stranger again', async () => {
  const limits = new SignInLimits();
  const right = (): Promise<string> => Promise.resolve('in');
  for (const name of ['Anna', 'Berta']) await limits.attempt(name, '192.0.2.1', right);
  for (let number = 0; number < 999; number++) await limits.attempt(`user ${number}`, '192.0.2.2', right);
  for (const name of ['Anna', 'Berta']) {
    for (let tries = 0; tries < 10; tries++) await limits.attempt(name, `198.51.100.${tries}`, wrong);
  }
  expect(await limits.attempt('Berta', '192.0.2.1', right)).toBe('in');
  expect(await limits.attempt('Anna', '192.0.2.1', right)).toHaveProperty('waitMs');
});
