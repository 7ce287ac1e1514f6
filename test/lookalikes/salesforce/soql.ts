/** The part of SOQL that a client of contacts needs: `SELECT a,b FROM Contact`, `WHERE f IN ('x','y')`, `f = 'x'` or `f LIKE '%x%'`, joined by `OR`, `ORDER BY Id`, `LIMIT 10`. */
export interface Soql {
  fields: string[];
  object: string;
  /** Left out: all records. */
  where?: Condition[];
  limit?: number;
}

/** Stands for every field that the user may see; a query with it has a limit. */
export const ALL_FIELDS = 'FIELDS(ALL)';

/** One of them holds; `like` compares by pattern. */
export interface Condition {
  field: string;
  values: string[];
  like?: true;
}

type Token = { word: string } | { text: string } | { sign: string };

/** @throws SyntaxError as Salesforce answers MALFORMED_QUERY. */
export function parseSoql(soql: string): Soql {
  const tokens = tokenize(soql);
  const take = () => {
    const token = tokens.shift();
    if (!token) throw new SyntaxError('unexpected end of query');
    return token;
  };
  const word = (expected?: string) => {
    const token = take();
    if (!('word' in token) || (expected && token.word.toUpperCase() !== expected))
      throw new SyntaxError(`expected ${expected ?? 'a name'}`);
    return token.word;
  };
  const list = <T>(item: () => T): T[] => {
    const items = [item()];
    while (isSign(tokens[0], ',')) {
      take();
      items.push(item());
    }
    return items;
  };
  const literal = () => {
    const token = take();
    if (!('text' in token)) throw new SyntaxError('expected a text');
    return token.text;
  };
  const sign = (expected: string) => {
    if (!isSign(take(), expected)) throw new SyntaxError(`expected ${expected}`);
  };

  word('SELECT');
  const fields = list(() => (isSign(tokens[1], '(') ? fieldsFunction() : word()));
  word('FROM');
  const object = word();
  const where = isWord(tokens[0], 'WHERE') ? conditions() : undefined;
  if (isWord(tokens[0], 'ORDER')) for (const expected of ['ORDER', 'BY', 'ID']) word(expected);
  const limit = isWord(tokens[0], 'LIMIT') ? rows() : undefined;
  if (tokens.length > 0) throw new SyntaxError('unexpected token');
  return { fields, object, ...(where && { where }), ...(limit !== undefined && { limit }) };

  /** `FIELDS(ALL)` as a field of its own. */
  function fieldsFunction() {
    word('FIELDS');
    sign('(');
    word('ALL');
    sign(')');
    return ALL_FIELDS;
  }

  function conditions(): Condition[] {
    word('WHERE');
    const found = [condition()];
    while (isWord(tokens[0], 'OR')) {
      word('OR');
      found.push(condition());
    }
    return found;
  }

  function condition(): Condition {
    const field = word();
    if (isWord(tokens[0], 'LIKE')) {
      word('LIKE');
      return { field, values: [literal()], like: true };
    }
    return { field, values: isSign(tokens[0], '=') ? equal() : inList() };
  }

  function rows() {
    word('LIMIT');
    const count = word();
    if (!/^\d+$/.test(count)) throw new SyntaxError('expected a number');
    return Number(count);
  }

  function equal() {
    sign('=');
    return [literal()];
  }

  function inList() {
    word('IN');
    sign('(');
    const texts = list(literal);
    sign(')');
    return texts;
  }
}

const isWord = (token: Token | undefined, word: string) =>
  token !== undefined && 'word' in token && token.word.toUpperCase() === word;

const isSign = (token: Token | undefined, sign: string) =>
  token !== undefined && 'sign' in token && token.sign === sign;

const UNESCAPED: { [character: string]: string } = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function tokenize(soql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < soql.length) {
    const character = soql[at] ?? '';
    if (/\s/.test(character)) at += 1;
    else if (character === "'") at = readText(soql, at + 1, tokens);
    else if (/\w/.test(character)) {
      const end = at + (/^\w+/.exec(soql.slice(at))?.[0].length ?? 1);
      tokens.push({ word: soql.slice(at, end) });
      at = end;
    } else {
      tokens.push({ sign: character });
      at += 1;
    }
  }
  return tokens;
}

function readText(soql: string, from: number, tokens: Token[]): number {
  let text = '';
  for (let at = from; at < soql.length; at++) {
    const character = soql[at] ?? '';
    if (character === "'") {
      tokens.push({ text });
      return at + 1;
    }
    if (character !== '\\') text += character;
    else {
      at += 1;
      const escaped = soql[at] ?? '';
      if (!/['"\\nrtbf%_]/.test(escaped)) throw new SyntaxError('invalid escape');
      text += UNESCAPED[escaped] ?? escaped;
    }
  }
  throw new SyntaxError('text without end');
}
