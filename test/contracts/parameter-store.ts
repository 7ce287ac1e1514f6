import { type RecordedRequest, type RecordingServer, startRecordingServer } from './recording-server.ts';

interface Parameter {
  text: string;
  type: string;
  version: number;
  tier: string;
  kmsKey: string | undefined;
}

export interface ParameterStore extends RecordingServer {
  parameters: Map<string, Parameter>;
  /** As the console of AWS would. */
  set(name: string, text: string, type?: string): void;
  /** Run once before the next write is answered: what another operator does at that moment. */
  meanwhile: (() => void)[];
  /** Operations asked for since the last look, in order. */
  takeOperations(): string[];
}

const PAGE = 10; // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
const STANDARD_BYTES = 4_096;
const HEADERS = { 'content-type': 'application/x-amz-json-1.1' };
const done = (body: object) => ({ status: 200, headers: HEADERS, body: JSON.stringify(body) });
const refused = (__type: string) => ({ status: 400, headers: HEADERS, body: JSON.stringify({ __type }) });

/** SSM's parameters, with their versions, tiers and pages: https://docs.aws.amazon.com/systems-manager/latest/APIReference/ */
export async function startParameterStore(): Promise<ParameterStore> {
  const parameters = new Map<string, Parameter>();
  const meanwhile: (() => void)[] = [];
  const server = await startRecordingServer((request) => answer(request, parameters, meanwhile));
  const set = (name: string, text: string, type = 'SecureString') => {
    const version = (parameters.get(name)?.version ?? 0) + 1;
    parameters.set(name, { text, type, version, tier: 'Standard', kmsKey: undefined });
  };
  const takeOperations = () => server.requests.splice(0).map(operationOf);
  return { ...server, parameters, set, meanwhile, takeOperations };
}

const operationOf = ({ headers }: RecordedRequest) => headers['x-amz-target']?.replace('AmazonSSM.', '') ?? '';

function answer(request: RecordedRequest, parameters: Map<string, Parameter>, meanwhile: (() => void)[]) {
  const asked = JSON.parse(request.body);
  switch (operationOf(request)) {
    case 'GetParameter':
      return parameters.has(asked.Name)
        ? done({ Parameter: shown(asked.Name, parameters) })
        : refused('ParameterNotFound');
    case 'GetParameters':
      return asked.Names.length > PAGE ? refused('ValidationException') : several(asked.Names, parameters);
    case 'GetParametersByPath':
      return page(asked, parameters);
    case 'PutParameter':
      meanwhile.shift()?.();
      return put(asked, parameters);
    case 'DeleteParameters':
      for (const name of asked.Names) parameters.delete(name);
      return done({ DeletedParameters: asked.Names });
    default:
      return refused('InvalidAction');
  }
}

function shown(Name: string, parameters: Map<string, Parameter>, isSealed = false) {
  const { text = '', type, version } = parameters.get(Name) ?? {};
  return { Name, Value: isSealed && type === 'SecureString' ? 'sealed' : text, Type: type, Version: version };
}

function several(names: string[], parameters: Map<string, Parameter>) {
  const there = names.filter((name) => parameters.has(name));
  const InvalidParameters = names.filter((name) => !parameters.has(name));
  return done({ Parameters: there.map((name) => shown(name, parameters)), InvalidParameters });
}

function page({ Path, NextToken }: { Path: string; NextToken?: string }, parameters: Map<string, Parameter>) {
  const names = [...parameters.keys()].filter((name) => name.startsWith(`${Path}/`)).sort();
  const from = Number(NextToken ?? 0);
  const Parameters = names.slice(from, from + PAGE).map((name) => shown(name, parameters, true));
  return done({ Parameters, ...(from + PAGE < names.length && { NextToken: String(from + PAGE) }) });
}

interface Put {
  Name: string;
  Value: string;
  Type: string;
  Tier?: string;
  Overwrite?: boolean;
  KeyId?: string;
}

function put({ Name, Value, Type, Tier = 'Standard', Overwrite, KeyId }: Put, parameters: Map<string, Parameter>) {
  const before = parameters.get(Name);
  if (before && !Overwrite) return refused('ParameterAlreadyExists');
  if (Value === '') return refused('ValidationException');
  const bytes = Buffer.byteLength(Value);
  if (bytes > 2 * STANDARD_BYTES || (bytes > STANDARD_BYTES && Tier === 'Standard'))
    return refused('ValidationException');
  const version = (before?.version ?? 0) + 1;
  const tier = bytes > STANDARD_BYTES || before?.tier === 'Advanced' ? 'Advanced' : 'Standard';
  parameters.set(Name, { text: Value, type: Type, version, tier, kmsKey: KeyId });
  return done({ Version: version, Tier: tier });
}
