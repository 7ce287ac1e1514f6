import { Command } from 'commander';
import { ConfigError } from '../../errors.ts';
import { deliver, vendorName } from '../../notify/deliver.ts';
import type { Message } from '../../notify/message.ts';
import { type NotifySettings, type Robot, readNotifySettings } from '../../notify/settings.ts';
import { ADVICE, type Verdict } from '../../notify/verdict.ts';
import type { Language, Sentence } from '../../sentence.ts';
import { Refused, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { readInput } from '../read-input.ts';
import { readParameter } from '../read-parameter.ts';

interface NotifyOptions {
  prefix?: string;
  settings?: string;
  test?: true;
  json?: true;
}

export function notifyCommand(io: Io): Command {
  return new Command('notify')
    .summary('check the group robots that are told of alarms: 企业微信, 钉钉, 飞书')
    .description(
      'Shows which group robots the deployment tells of alarms and of the day before. With --test each gets a message, ' +
        'and its answer is shown: whether a refusal passes by itself, and what to change where it does not. ' +
        'Neither addresses nor secrets are shown.',
    )
    .option('--prefix <prefix>', 'deployment whose SSM parameter /PREFIX/notify to read (or $MERGE_SYNC_PREFIX)')
    .option('--profile <name>', 'a profile of merge-sync profile (or $MERGE_SYNC_PROFILE; default: the current one)')
    .option('--settings <file>', 'read these settings instead, before they are deployed; - for stdin')
    .option('--test', 'send a test message to each group')
    .option('--json', 'print [{"robot","kind"}], with --test also "outcome", "code" and "advice"')
    .addHelpText('after', EXAMPLES)
    .action((options: NotifyOptions) => checkRobots(options, io));
}

const EXAMPLES = `
Examples:
  npx merge-sync notify --settings notify.json --test
  npx merge-sync notify --prefix merge-sync-prod --test`;

async function checkRobots(options: NotifyOptions, io: Io): Promise<void> {
  const settings = readNotifySettings(await settingsText(options, io), io.env.AWS_REGION ?? '');
  if (!options.test) return show(settings, options, io);
  const answers = await Promise.all(
    settings.robots.map(async (robot) => ({
      robot,
      verdict: await deliver(robot, TEST[settings.language], settings.language, io),
    })),
  );
  if (options.json) io.out(JSON.stringify(answers.map(({ robot, verdict }) => ({ ...named(robot), ...verdict }))));
  else for (const { robot, verdict } of answers) io.say(answerLine(robot, verdict, io.language));
  const refused = answers.filter(({ verdict }) => verdict.outcome !== 'delivered').length;
  if (refused > 0)
    throw new Refused(`${refused} of ${answers.length} robots did not take the message: each line says what to do`);
}

/** What the groups see. */
const TEST: Record<Language, Message> = {
  en: {
    tone: 'plain',
    title: '[Test] merge-sync',
    lines: ['Alarms and the daily digest of merge-sync will come to this group.', 'Sent by merge-sync notify --test.'],
  },
  zh: {
    tone: 'plain',
    title: '[测试] merge-sync',
    lines: ['merge-sync 的告警和日报会发到这个群。', '由 merge-sync notify --test 发送。'],
  },
};

const named = ({ name, kind }: Robot) => ({ robot: name, kind });

function show({ robots, language, timeZone, digest }: NotifySettings, { json }: NotifyOptions, io: Io): void {
  if (json) return io.out(JSON.stringify(robots.map(named)));
  for (const robot of robots) io.say(`${robot.name}  ${vendorName(robot.kind)[io.language]}`);
  io.say(
    digest
      ? `messages in ${language}, times in ${timeZone}, with a daily digest; --test sends each group a message`
      : `messages in ${language}, times in ${timeZone}, no daily digest; --test sends each group a message`,
  );
}

const LABELS: Record<Verdict['outcome'], Sentence> = {
  delivered: { en: 'ok   ', zh: '正常' },
  passing: { en: 'LATER', zh: '稍后' },
  lasting: { en: 'WRONG', zh: '有误' },
};

function answerLine(robot: Robot, verdict: Verdict, language: Language): string {
  const label = `${LABELS[verdict.outcome][language]}  ${robot.name} (${vendorName(robot.kind)[language]})`;
  if (verdict.outcome === 'delivered')
    return `${label}${language === 'zh' ? '：群里已收到消息' : ': the group has the message'}`;
  const said = ADVICE[verdict.advice][language];
  return language === 'zh' ? `${label}：${verdict.code}，${said}` : `${label}: ${verdict.code}, ${said}`;
}

async function settingsText({ settings, prefix }: NotifyOptions, io: Io): Promise<string> {
  if (settings !== undefined) return readInput(settings, io);
  const deployment = prefix ?? io.env.MERGE_SYNC_PREFIX;
  if (!deployment) throw new UsageError('say whose robots: --prefix merge-sync-prod, or a file with --settings');
  const name = `/${deployment}/notify`;
  const text = await readParameter(name);
  if (text === undefined) throw new ConfigError(`there is no parameter ${name}: create it as a SecureString`);
  return text;
}
