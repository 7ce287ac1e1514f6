import { type RecordedRequest, type ScriptedAnswer, startRecordingServer } from '../contracts/recording-server.ts';

/** One request to AWS, as a policy would name it. */
export interface AwsRequest {
  /** `dynamodb:Query`, `sqs:SendMessage`, `ssm:GetParameter`. */
  action: string;
  /** Table or queue with the index, or the parameter: `x-events/index/lists`. */
  resource: string;
  /** Of the access key that signed it. */
  keyId: string;
  input: Record<string, unknown>;
}

/** AWS as far as the command asks it: the emulators, behind rules of a test. */
export interface AwsGate {
  url: string;
  /** What is answered in the emulators' place; undefined lets a request through. */
  rule: (request: AwsRequest) => ScriptedAnswer | undefined | Promise<ScriptedAnswer | undefined>;
  asked: AwsRequest[];
  close(): Promise<void>;
}

const SERVICES: [target: RegExp, service: string, endpoint: () => string | undefined][] = [
  [/^DynamoDB_/, 'dynamodb', () => process.env.AWS_ENDPOINT_URL_DYNAMODB],
  [/^AmazonSQS/, 'sqs', () => process.env.AWS_ENDPOINT_URL_SQS],
  [/^AmazonSSM/, 'ssm', () => undefined],
];

/** @param parameters by name: the emulators have no Parameter Store */
export async function startAwsGate(parameters: Record<string, string> = {}): Promise<AwsGate> {
  const gate = { asked: [] as AwsRequest[], rule: (() => undefined) as AwsGate['rule'] };
  const server = await startRecordingServer(async (request) => {
    const [service, endpoint] = serviceOf(request);
    const asked = understood(request, service);
    gate.asked.push(asked);
    const ruled = await gate.rule(asked);
    if (ruled) return ruled;
    return endpoint ? forwarded(request, endpoint) : fromParameters(asked, parameters);
  });
  return Object.assign(gate, { url: server.url, close: server.close });
}

function serviceOf({ headers }: RecordedRequest): [string, string | undefined] {
  const [, service = '', endpoint] = SERVICES.find(([target]) => target.test(headers['x-amz-target'] ?? '')) ?? [];
  return [service, endpoint?.()];
}

function understood({ headers, body }: RecordedRequest, service: string): AwsRequest {
  const input = JSON.parse(body);
  const table = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
  const resource = table ?? input.QueueName ?? input.QueueUrl?.split('/').at(-1) ?? input.Path ?? input.Name ?? '';
  return {
    action: `${service}:${headers['x-amz-target']?.split('.').at(-1)}`,
    resource: input.IndexName ? `${resource}/index/${input.IndexName}` : resource,
    keyId: headers.authorization?.match(/Credential=([^/]+)/)?.[1] ?? '',
    input,
  };
}

async function forwarded({ url, headers, body: asked }: RecordedRequest, endpoint: string): Promise<ScriptedAnswer> {
  const { host: own = '', 'content-length': _counted, connection: _kept, ...rest } = headers;
  const answer = await fetch(new URL(url, endpoint), { method: 'POST', headers: rest, body: asked });
  const type = answer.headers.get('content-type') ?? 'application/x-amz-json-1.0';
  const text = await answer.text();
  // A queue's URL is where the SDK sends to: here, to the gate.
  const body = text.replace(/("QueueUrl":")https?:\/\/[^/]+/, `$1http://${own}`);
  return { status: answer.status, headers: { 'content-type': type }, body };
}

function fromParameters({ action, input }: AwsRequest, parameters: Record<string, string>): ScriptedAnswer {
  const named = Object.entries(parameters).map(([Name, Value]) => ({ Name, Value, Type: 'SecureString' }));
  if (action === 'ssm:GetParametersByPath') return json(200, { Parameters: named });
  const Parameter = named.find(({ Name }) => Name === input.Name);
  return Parameter ? json(200, { Parameter }) : awsError('ParameterNotFound');
}

const json = (status: number, body: object): ScriptedAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify(body),
});

/** An error of AWS by its name. */
export const awsError = (name: string, message = ''): ScriptedAnswer => json(400, { __type: name, message });

/** As AWS words it: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export const denied = ({ action, resource }: AwsRequest): ScriptedAnswer =>
  awsError(
    'AccessDeniedException',
    `User: arn:aws:iam::123456789012:user/lin is not authorized to perform: ${action} on resource: ` +
      `arn:aws:${action.split(':')[0]}:us-east-1:123456789012:${resource} because no identity-based policy allows the ${action} action`,
  );
