/** The built page in Debian's Firefox, which has no WebGPU there: it starts, shows, keeps, and is locked all the same. */
import { expect, test } from 'playwright/test';
import { E2E_PORT } from '../support/e2e-port';
import { Firefox, FIREFOX } from '../support/firefox';
import { startOtherSite } from '../support/other-site';

test('in Firefox without WebGPU everything that only shows works, and nothing leaves', async () => {
  test.skip(FIREFOX === null, 'There is no Firefox here: apt-get install firefox-esr');
  const other = await startOtherSite();
  const firefox = await Firefox.start(FIREFOX ?? '');
  try {
    await firefox.goto(`http://localhost:${E2E_PORT}/`);
    const until = (condition: string) =>
      firefox.evaluate(`
        for (let i = 0; i < 600 && !(${condition}); i++) await new Promise((next) => setTimeout(next, 100));
        return ${condition};`);
    expect(
      await until(
        'document.querySelector(\'[role="alert"]:not([hidden])\')?.textContent.includes("WebGPU") === true',
      ),
    ).toBe(true);
    expect(await firefox.evaluate('return document.getElementById("train").disabled')).toBe(true);

    await firefox.evaluate('document.getElementById("tab-mask").click()');
    expect(
      await until('/\\d+ of \\d+ tokens trained/.test(document.getElementById("panel-mask").textContent)'),
    ).toBe(true);
    for (const view of ['curves', 'trajectories', 'runs', 'compare', 'ask', 'mail', 'files', 'log']) {
      await firefox.evaluate(`document.getElementById("tab-${view}").click()`);
      expect(await until(`document.getElementById("panel-${view}").textContent.trim() !== ""`), view).toBe(
        true,
      );
    }
    // The worker runs, and keeps files from visit to visit.
    expect(await firefox.evaluate('return window.mailgym.api.storageLasts()')).toBe(true);
    const kept = `
      const { api } = window.mailgym;
      await api.writeFile('other-runs/a/page/x.txt', new TextEncoder().encode('kept'));
      return new TextDecoder().decode(await api.readFile('other-runs/a/page/x.txt'));`;
    expect(await firefox.evaluate(kept)).toBe('kept');
    // A user's file is read in its frame, and reaches nothing.
    const told = await firefox.evaluate(`
      const text = "const said = await fetch('${other.origin}/secret').then(() => 'answered', () => 'refused');" +
        "throw new Error('It was ' + said + '.');";
      return window.mailgym.openEnvironment('asks.ts', text).then(() => 'opened', (error) => error.message);`);
    expect(told).toContain('It was refused.');
    const page = await firefox.evaluate(
      `return fetch('${other.origin}/secret').then(() => 'answered', () => 'refused')`,
    );
    expect(page).toBe('refused');
    expect(other.asked).toEqual([]);
  } finally {
    await firefox.close();
    await other.close();
  }
});
