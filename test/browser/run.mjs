/**
 * The console in a real browser: `npm run test:browser`. Each task of an operator is clicked through in both languages,
 * axe-core looks at each page, and each page is read without its script. `--screenshots FOLDER` draws the pictures of the
 * README instead. Needs Chromium (Debian's, or $CHROMIUM).
 */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { openConsole } from '../console/open-console.ts';
import { aDay, aFailingDay, aMergeToUndo, anAskingEvent } from './world.mjs';

const tools = createRequire(path.resolve('.ci/browser/package.json'));
const { chromium } = tools('playwright-core');
const AXE = await readFile(tools.resolve('axe-core/axe.min.js'), 'utf8');
const RECORDS = 'https://crm.example.com/contacts/{contact}';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});

/** A console over a day's events, and a page of a browser that is in. @param make another world than that of the day */
async function open(lang, context = {}, make = aDay) {
  const made = await make();
  const { world, linkable, tenantCrm } = made;
  const console_ = await openConsole(
    { language: lang, recordUrl: RECORDS, operator: 'ada', linkable, tenantCrm, ...made.options },
    world,
  );
  const inside = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...context });
  const page = await inside.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(console_.running.freshUrl());
  const go = (to) => page.goto(`${console_.running.url}/acme${to}`);
  const end = async () => {
    await inside.close();
    await console_.close();
    await made.close?.();
    assert.deepEqual(problems, []);
  };
  return { ...made, page, go, end, problems };
}

const BUTTONS = {
  en: {
    find: 'Find',
    see: 'See these events',
    plan: 'See what would happen',
    values: 'Show the values',
    done: 'The call took effect',
    again: 'Try again',
    bulk: 'Bulk actions',
    run: 'Do it for',
    link: 'See which records they may be',
    isRecord: 'It is record',
    mayBe: 'Which record is it?',
    seeUndo: 'See what taking it back would do',
    undo: 'Take it back',
    notUndone: 'Nothing was done',
    undone: 'ada had this merge taken back',
    separated: 'Separated by an operator',
    noUndo: 'This merge cannot be taken back',
  },
  zh: {
    find: '查找',
    see: '查看这些事件',
    plan: '查看将会发生什么',
    values: '显示内容',
    done: '调用已生效',
    again: '重试',
    bulk: '批量操作',
    run: /^对 \d+ 个事件执行$/, // How many depends on the minute: the limit counts by the hour.
    link: '查看可能的记录',
    isRecord: '就是记录',
    mayBe: '对应哪条记录？',
    seeUndo: '查看撤销会做什么',
    undo: '撤销合并',
    notUndone: '没有执行任何操作',
    undone: 'ada 撤销了这次合并',
    separated: '运维人员已将它与以下联系人分开',
    noUndo: '这次合并无法撤销',
  },
};

const TASKS = {
  async 'find out why this contact was merged'({ page, names }, words) {
    await page.fill('#find', names.merged);
    await page.getByRole('button', { name: words.find }).click();
    await page.locator('article a[href*="/events/"]').click();
    await page.locator('.who').waitFor();
    await page.getByRole('link', { name: words.values }).click();
    await page.getByText('buyer').first().waitFor();
  },
  async 'release what is held'({ page, world }, words) {
    await page.getByRole('link', { name: words.bulk, exact: true }).click();
    await page.locator('form:has(.held)').getByRole('button').click();
    await page.getByRole('button', { name: words.run }).click();
    await page.locator('td', { hasText: 'ada' }).first().waitFor();
    world.policy({ limits: { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 500 } });
    await world.drain();
    assert.deepEqual(await world.listed('held'), []);
  },
  async 'settle an unanswered call'({ page, go, names, world }, words) {
    await go(`/events/${names.unanswered}`);
    await page.locator('.warn').waitFor();
    await page.getByRole('button', { name: words.done }).click();
    await page.locator('.did').waitFor();
    await world.drain();
    assert.equal((await world.record(names.unanswered)).state, 'applied');
  },
  async 'catch up once contacts are linked'({ page, go, names, world }, words) {
    await go(`/events/${names.unlinked}`);
    await page.getByRole('button', { name: words.again }).click();
    await page.locator('.did').waitFor();
    world.policy({ limits: { mergesPerHour: 5_000, mergesPerSurvivorPerDay: 500 } });
    await world.drain();
    assert.equal((await world.record(names.unlinked)).state, 'applied');
  },
};

/** Tasks in another world than that of the day. */
const ASKING_TASKS = {
  async 'confirm a link'({ page, go, names, world, idOf }, words) {
    const { records } = names;
    for (const [contact, record] of [
      [names.survivor, records.survivor],
      [names.loser, records.loser],
    ]) {
      await go(`/events/${names.asking}`);
      await page.getByRole('link', { name: words.link }).click();
      await page.getByRole('heading', { name: words.mayBe }).waitFor();
      assert.equal(await page.getByText('1380013800').count(), 0);
      await page.getByRole('link', { name: words.values }).click();
      await page.getByText('1380013800').first().waitFor();
      await shoot(page, `link-${words.link}`);
      await page.getByRole('button', { name: `${words.isRecord} ${record}`, exact: true }).click();
      await page.locator('.did').waitFor();
      assert.equal(idOf(record), contact);
      await world.drain();
    }
    assert.equal((await world.record(names.asking)).state, 'applied');
    await go(`/events/${names.asking}`);
    await shoot(page, `linked-${words.link}`);
  },
};

const UNDO_TASKS = {
  async 'take a merge back'({ page, go, names, world, model }, words) {
    await go(`/events/${names.first}/undo`);
    await page.getByRole('heading', { name: words.noUndo }).waitFor();
    await shoot(page, `undo-refused-${words.undo}`);
    await go(`/events/${names.latest}`);
    await page.getByRole('link', { name: words.seeUndo }).click();
    await shoot(page, `undo-hidden-${words.undo}`);
    await page.getByRole('link', { name: words.values }).click();
    await page.getByText('city of 3').first().waitFor();
    await page.fill('#confirm', names.loser);
    await page.getByRole('button', { name: words.undo, exact: true }).click();
    await page.getByText(words.notUndone).waitFor();
    await shoot(page, `undo-plan-${words.undo}`);
    await page.fill('#confirm', names.survivor);
    await page.getByRole('button', { name: words.undo, exact: true }).click();
    await page.locator('.did').waitFor();
    await world.drain();
    assert.deepEqual(model.returned, [names.loser]);
    await go(`/events/${names.latest}`);
    await page.getByText(words.undone).waitFor();
    await shoot(page, `undone-${words.undo}`);
    await go(`/contacts/${names.loser}`);
    await page.getByText(words.separated).waitFor();
    await shoot(page, `separated-${words.undo}`);
    assert.equal((await world.record(names.repeat)).reason, 'undone-by-operator');
  },
};

/** Where $SHOTS names a folder: pictures of the tasks, to look at. */
async function shoot(page, name) {
  if (process.env.SHOTS) await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), fullPage: true });
}

const pagesOf = (names) => [
  '',
  '/events',
  `/events/${names.parked}?values=1`,
  `/events/${names.unanswered}`,
  `/contacts/${names.tree}`,
  '/bulk',
  '/nothing',
];

async function seriousFaults(page) {
  const found = await page.evaluate(`(() => { ${AXE}; return axe.run(document); })()`);
  return found.violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

async function looksRight(page, name) {
  assert.deepEqual(await seriousFaults(page), []);
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), 'too wide');
  await shoot(page, name);
}

async function check(name, work) {
  try {
    await work();
    process.stdout.write(`ok      ${name}\n`);
  } catch (error) {
    process.stdout.write(`FAILED  ${name}: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function testAll() {
  for (const lang of ['en', 'zh']) {
    for (const [name, task] of Object.entries(TASKS))
      await check(`${name} (${lang})`, async () => {
        const opened = await open(lang);
        await task(opened, BUTTONS[lang]);
        await opened.end();
      });
    for (const [name, task] of Object.entries(ASKING_TASKS))
      await check(`${name} (${lang})`, async () => {
        const opened = await open(lang, {}, anAskingEvent);
        await task(opened, BUTTONS[lang]);
        await opened.end();
      });
    for (const [name, task] of Object.entries(UNDO_TASKS))
      await check(`${name} (${lang})`, async () => {
        const opened = await open(lang, {}, aMergeToUndo);
        await task(opened, BUTTONS[lang]);
        await opened.end();
      });
    for (const colorScheme of ['light', 'dark'])
      await check(`no serious fault for axe on the page of an undo (${lang}, ${colorScheme})`, async () => {
        const phone = { bypassCSP: true, colorScheme, viewport: { width: 390, height: 800 } };
        const { page, go, names, world, end } = await open(lang, phone, aMergeToUndo);
        await go(`/events/${names.latest}/undo?values=1`);
        await looksRight(page, `undo-phone-${lang}-${colorScheme}`);
        await page.fill('#confirm', names.survivor);
        await page.getByRole('button', { name: BUTTONS[lang].undo, exact: true }).click();
        await page.locator('.did').waitFor();
        await world.drain();
        for (const [to, shot] of [
          [`/events/${names.latest}`, 'undone'],
          [`/contacts/${names.survivor}`, 'separated'],
        ]) {
          await go(to);
          await looksRight(page, `${shot}-phone-${lang}-${colorScheme}`);
        }
        await end();
      });
    for (const colorScheme of ['light', 'dark'])
      await check(`no serious fault for axe on the page of candidates (${lang}, ${colorScheme})`, async () => {
        const phone = { bypassCSP: true, colorScheme, viewport: { width: 390, height: 800 } };
        const { page, go, names, end } = await open(lang, phone, anAskingEvent);
        await go(`/events/${names.asking}/link?values=1`);
        await looksRight(page, `link-phone-${lang}-${colorScheme}`);
        await end();
      });
    await check(`says that the login has expired, keeps the page’s frame, and heals by itself (${lang})`, async () => {
      const { page, problems, failing, end } = await open(lang, {}, aFailingDay);
      await page.locator('.todo').first().waitFor();
      failing.with = 'ExpiredTokenException';
      await page.getByText('aws sso login').waitFor();
      await shoot(page, `expired-${lang}`);
      failing.with = undefined;
      await page.locator('.todo').first().waitFor();
      problems.splice(0); // Chromium notes each answer with status 503.
      await end();
    });
    for (const colorScheme of ['light', 'dark'])
      await check(`no serious fault for axe, nothing wider than a phone (${lang}, ${colorScheme})`, async () => {
        // axe is not one of the console's own scripts.
        const { page, go, names } = await open(lang, {
          bypassCSP: true,
          colorScheme,
          viewport: { width: 390, height: 800 },
        });
        for (const to of pagesOf(names)) {
          await go(to);
          assert.deepEqual(await seriousFaults(page), [], to);
          assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), `${to} is too wide`);
        }
        await page.context().close();
      });
  }
  await check('every page reads without its script', async () => {
    const { page, go, names } = await open('en', { javaScriptEnabled: false });
    for (const to of pagesOf(names)) {
      await go(to);
      assert.ok((await page.locator('main').textContent()).length > 20, to);
    }
    await page.context().close();
  });
  await check('by keyboard: g e, / and an id', async () => {
    const { page, names, end } = await open('en');
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.waitForURL('**/acme/events');
    await page.keyboard.press('/');
    await page.keyboard.type(names.tree);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/contacts/**');
    await end();
  });
}

async function draw(folder) {
  await mkdir(folder, { recursive: true });
  for (const lang of ['en', 'zh'])
    for (const colorScheme of ['light', 'dark']) {
      const { page, go } = await open(lang, { colorScheme });
      await go('');
      await page.screenshot({ path: path.join(folder, `console-${lang}-${colorScheme}.png`) });
      await page.context().close();
    }
}

const [, , flag, folder] = process.argv;
await (flag === '--screenshots' ? draw(folder ?? 'docs/images') : testAll());
await browser.close();
process.exit();
