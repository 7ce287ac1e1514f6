import { readContacts, readKeyedRecords } from '../../lib/linking/read-contacts.ts';
import { readTable } from '../../lib/linking/table/read-table.ts';
import { UnusableFile } from '../../lib/linking/unusable-file.ts';
import { workbookOf } from './workbook.ts';

const OPTIONS = { keys: ['mobile', 'email'], columns: {}, country: 'CN' as const };
const utf8 = (text: string) => new TextEncoder().encode(text);
const read = async (
  bytes: Uint8Array,
  options: Partial<typeof OPTIONS> & { columns?: Record<string, string[]> } = {},
) => readContacts(await readTable(bytes), { ...OPTIONS, ...options });

const CHINESE =
  '联系人ID,姓名,手机号,邮箱\r\nA,张三,138 0013 8001,Zhang@Example.CN\r\nB,李四,"13800138002;13800138003",\r\n';
// The same two rows as Excel in Chinese saves them: GBK.
const GBK = Buffer.from(
  'c1aacfb5c8cb49442cd0d5c3fb2ccad6bbfabac52cd3cacfe40d0a412cd5c5c8fd2c31333820303031332038303031' +
    '2c5a68616e67404578616d706c652e434e0d0a422cc0eecbc42c2231333830303133383030323b3133383030313338303033222c0d0a',
  'hex',
);
const WORKBOOK = workbookOf([
  ['联系人ID', '手机号', '邮箱'],
  ['A', 13800138001, 'Zhang@Example.CN'],
  ['B', '13800138002;13800138003', ''],
]);
const EXPECTED = [
  { contactId: 'A', lines: [2], keys: { mobile: ['+8613800138001'], email: ['zhang@example.cn'] } },
  { contactId: 'B', lines: [3], keys: { mobile: ['+8613800138002', '+8613800138003'] } },
];

describe('a contact export', () => {
  it.each([
    ['UTF-8', utf8(CHINESE)],
    ['UTF-8 with a byte order mark', utf8(`\uFEFF${CHINESE}`)],
    ['GBK', GBK],
    ['a workbook', WORKBOOK],
    ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${CHINESE}`, 'utf16le')],
    ['tabs instead of commas', utf8(CHINESE.replaceAll(',', '\t'))],
    ['semicolons instead of commas', utf8(CHINESE.replaceAll(';', '/').replaceAll(',', ';'))],
    ['a tab before each number, as exports guard them from Excel', utf8(CHINESE.replaceAll('A,', '"\tA",'))],
  ])('is read as %s', async (_name, bytes) => {
    expect((await read(bytes)).contacts).toEqual(EXPECTED);
  });

  it('guesses the columns, and takes those that are named instead', async () => {
    const file = utf8('客户编号,尘锋ID,备用手机1,手机2,E-mail\nC1,A,13800138001,13800138002,a@b.cn\n');
    expect((await read(file)).contacts).toEqual([
      { contactId: 'A', lines: [2], keys: { mobile: ['+8613800138001', '+8613800138002'], email: ['a@b.cn'] } },
    ]);
    const named = await read(file, { columns: { id: ['客户编号'], mobile: ['手机2'] } });
    expect(named.contacts[0]).toEqual({
      contactId: 'C1',
      lines: [2],
      keys: { mobile: ['+8613800138002'], email: ['a@b.cn'] },
    });
  });

  it.each([
    ['an id column that is not found', '姓名,手机号\nZ,13800138001\n', /no column looks like the id.*姓名, 手机号/],
    [
      'no column of any key',
      '联系人ID,姓名\nA,张三\n',
      /no column looks like the mobile: name it with --column mobile=/,
    ],
    ['two columns that may be the id', '联系人ID,客户ID\nA,B\n', /several columns may be the id/],
    ['no row', '', /empty/],
    ['an old workbook', '\xd0\xcf\x11\xe0', /\.xls/],
  ])('with %s is refused, saying what to do', async (_name, text, message) => {
    const refused = await read(Buffer.from(text, text.startsWith('\xd0') ? 'latin1' : 'utf8')).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(UnusableFile);
    expect((refused as Error).message).toMatch(message);
  });

  it.each([
    ['a first row of numbers and names', 'A,13800138001,王小明\nB,13800138002,李\n'],
    ['a first row with an address', 'A,wang@example.cn\n'],
    ['a file that is one long line', 'x'.repeat(3_000_000)],
  ])('%s is not shown: it may be a person’s data', async (_name, text) => {
    const refused = await read(utf8(text)).catch((error: Error) => error.message);
    expect(refused).toBe(
      'no column looks like the id: name it with --column id="…"; the file\'s columns are not shown, for the first row looks like data: it should hold the names of the columns',
    );
    const named = await read(utf8(text), { columns: { id: ['nummer'] } }).catch((error: Error) => error.message);
    expect(named).toBe(
      'the file has no column nummer: its columns are not shown, for the first row looks like data: it should hold the names of the columns',
    );
  });

  it('promise 12: a key of the user’s own that no column is named for is refused: it could not speak against another', async () => {
    const keys = ['cardno', 'mobile'];
    const file = utf8('联系人ID,手机号,会员卡号\nA,13800138001,K1\n');
    await expect(read(file, { keys })).rejects.toThrow('name it with --column cardno="…"');
    const { contacts } = await read(file, { keys, columns: { cardno: ['会员卡号'] } });
    expect(contacts[0]?.keys).toEqual({ cardno: ['K1'], mobile: ['+8613800138001'] });
  });

  it('of very many columns thirty are shown', async () => {
    const names = Array.from({ length: 33 }, (_, index) => `spalte${index}`);
    await expect(read(utf8(`${names.join(',')}\n1\n`))).rejects.toThrow(/spalte28, spalte29 and 3 more$/);
  });

  it('a column that is named and not there is refused with the one that was probably meant', async () => {
    const wrong = read(utf8(CHINESE), { columns: { id: ['联系人IDs'] } });
    await expect(wrong).rejects.toThrow('did you mean 联系人ID');
  });

  it('bytes of no encoding are refused', async () => {
    await expect(read(Buffer.from([0x69, 0x64, 0x0a, 0xff, 0xff, 0xff]))).rejects.toBeInstanceOf(UnusableFile);
  });

  it('rows without an id, or with one that a spreadsheet has damaged, are named by their line', async () => {
    const file = utf8('id,mobile\n,13800138001\n1.23E+17,13800138002\n" A ",13800138003\nB,13800138004\n');
    const { contacts, unusable } = await read(file);
    expect(contacts.map(({ contactId }) => contactId)).toEqual(['B']);
    expect(unusable).toEqual([
      { line: 2, reason: 'no-id', keys: { mobile: ['+8613800138001'] } },
      { line: 3, reason: 'id-damaged', keys: { mobile: ['+8613800138002'] } },
      { line: 4, reason: 'id-damaged', keys: { mobile: ['+8613800138003'] } },
    ]);
  });

  it('ids that differ only in case or width are different contacts; rows of one id are one', async () => {
    const { contacts } = await read(
      utf8('id,mobile\nab,13800138001\nAB,13800138002\nａｂ,13800138003\nab,13800138004\n'),
    );
    expect(contacts.map(({ contactId, lines }) => [contactId, lines])).toEqual([
      ['ab', [2, 5]],
      ['AB', [3]],
      ['ａｂ', [4]],
    ]);
    expect(contacts[0]?.keys).toEqual({ mobile: ['+8613800138001', '+8613800138004'] });
  });
});

describe('an export of records', () => {
  const records = async (text: string, keys = ['mobile']) =>
    readKeyedRecords(await readTable(utf8(text)), { ...OPTIONS, keys });

  it('names the option of a column that is not found', async () => {
    await expect(records('记录ID,姓名\nR1,张三\n')).rejects.toThrow('--column record-mobile="…"');
  });

  it('promise 12: a row with a key and no record id is refused: its number would seem to be another record’s alone', async () => {
    const [one, ...others] = await records('记录ID,手机\nR1,13800138001\n,\n');
    expect([one?.recordId, others]).toEqual(['R1', []]);
    for (const damaged of ['', '1.23E+17'])
      await expect(records(`记录ID,手机\nR1,13800138001\n${damaged},13800138001\n`)).rejects.toThrow('line 3');
  });
});
