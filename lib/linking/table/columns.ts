import { closestName } from '../../closest-name.ts';
import { UnusableFile } from '../unusable-file.ts';

/** Which columns a role is read from, by their place; several mobiles may stand in several columns. */
export type Columns = ReadonlyMap<string, number[]>;

export interface ColumnsWanted {
  /** Roles that must be there: `id`. */
  needed: string[];
  /** Roles that are read where they are there: `mobile`, `email`. */
  welcome: string[];
  /** As a person named them: role → column names. These are not guessed. */
  named: Readonly<Record<string, string[]>>;
  /** What `--column` calls a role. */
  optionOf?(role: string): string;
}

/** What a column is usually called; the first that fits counts for an id, all that fit for keys. */
const USUAL: Record<string, RegExp[]> = {
  id: [
    /^(尘锋|dustess)(联系人|客户|contact|customer)?id$/,
    /^(联系人|客户|contact|customer)(唯一)?(id|编号|标识|uuid)$/,
    /^(id|编号|唯一标识|uuid)$/,
  ],
  mobile: [
    /^(主|备用|其他|联系人|客户)?(手机|手机号|手机号码|电话|电话号码|联系电话|联系手机|联系方式|移动电话)\d*$/,
    /^(mobiles?|mobilephone|mobilenumber|cell|cellphone|phones?|phonenumber|tel|telephone)\d*$/,
  ],
  email: [/^(主|备用|其他|联系人|客户)?(邮箱|邮箱地址|电子邮箱|电子邮件|邮件)\d*$/, /^(e?mails?|emailaddress)\d*$/],
  record: [/^(crm)?(记录|record)(id|编号)$/, /^crm(id|编号)$/, /^(id|编号)$/],
};

/** As names are compared: width, case, blanks and separators do not count. */
const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.()[\]【】*:]/g, '');

/** Finds the columns of each role by name. @throws UnusableFile naming the column names that there are. */
export function findColumns(header: string[], { needed, welcome, named, optionOf }: ColumnsWanted): Columns {
  const columns = new Map<string, number[]>();
  for (const role of [...needed, ...welcome]) {
    const names = named[role];
    const places = names === undefined ? guess(header, role) : names.map((name) => placeOf(header, name));
    if (places.length > 0) columns.set(role, places);
    else if (needed.includes(role)) throw new UnusableFile(missing(header, role, optionOf?.(role)));
  }
  return columns;
}

function guess(header: string[], role: string): number[] {
  for (const usual of USUAL[role] ?? []) {
    const places = header.flatMap((name, index) => (usual.test(plain(name)) ? [index] : []));
    if (places.length > 0 && !ONLY_ONE.includes(role)) return allOf(header, role);
    if (places.length > 1)
      throw new UnusableFile(
        `several columns may be the ${role}: say which, --column ${role}="${header[places[0] ?? 0]}"`,
      );
    if (places.length === 1) return places;
  }
  return [];
}

const ONLY_ONE = ['id', 'record'];

const allOf = (header: string[], role: string) =>
  header.flatMap((name, index) => ((USUAL[role] ?? []).some((usual) => usual.test(plain(name))) ? [index] : []));

function placeOf(header: string[], name: string): number {
  const exact = header.indexOf(name.trim());
  const place = exact >= 0 ? exact : header.findIndex((one) => plain(one) === plain(name));
  if (place >= 0) return place;
  const meant = closestName(name, header);
  const advice = meant === undefined ? `its columns are ${shown(header)}` : `did you mean ${meant.slice(0, MAX_NAME)}`;
  throw new UnusableFile(`the file has no column ${name}: ${advice}`);
}

const missing = (header: string[], role: string, option = role) =>
  `no column looks like the ${role}: name it with --column ${option}="…"; the file's columns are ${shown(header)}`;

/**
 * The columns of an id and of keys. A key without a usual name must be named, and one key at least must be there: a key
 * that was asked for and is not read could not speak against a weaker one. @throws UnusableFile
 */
export function findKeyColumns(header: string[], keys: readonly string[], wanted: ColumnsWanted): Columns {
  const unusual = keys.filter((key) => !(key in USUAL));
  const columns = findColumns(header, {
    ...wanted,
    needed: [...wanted.needed, ...unusual],
    welcome: [...wanted.welcome, ...keys],
  });
  const [first = ''] = keys;
  if (!keys.some((key) => columns.has(key))) throw new UnusableFile(missing(header, first, wanted.optionOf?.(first)));
  return columns;
}

const MAX_SHOWN = 30;
const MAX_NAME = 40;
/** As numbers and addresses look: a file without a row of names begins with the data of a person. */
const VALUE = /\d{5}|@/;

function shown(header: string[]): string {
  if (header.some((name) => VALUE.test(name) || name.length > MAX_NAME))
    return 'not shown, for the first row looks like data: it should hold the names of the columns';
  const more = header.length > MAX_SHOWN ? ` and ${header.length - MAX_SHOWN} more` : '';
  return header.slice(0, MAX_SHOWN).join(', ') + more;
}
