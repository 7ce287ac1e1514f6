import { type RecordedRequest, startRecordingServer } from '../contracts/recording-server.ts';

/** SSM as far as the functions ask it: one parameter at a time, decrypted, and an empty list of tenants. @param parameters by name. */
export const startParameterStore = (parameters: Record<string, object>) =>
  startRecordingServer((request) => answer(request, parameters));

function answer({ headers, body }: RecordedRequest, parameters: Record<string, object>) {
  if (headers['x-amz-target'] === 'AmazonSSM.GetParameters')
    return json(200, undefined, { Parameters: [], InvalidParameters: JSON.parse(body).Names });
  const { Name, WithDecryption } = JSON.parse(body) as { Name: string; WithDecryption?: boolean };
  if (headers['x-amz-target'] !== 'AmazonSSM.GetParameter' || !WithDecryption) return json(400, 'InvalidAction');
  const value = parameters[Name];
  if (!value) return json(400, 'ParameterNotFound');
  return json(200, undefined, { Parameter: { Name, Type: 'SecureString', Value: JSON.stringify(value), Version: 1 } });
}

const json = (status: number, __type: string | undefined, body: object = {}) => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ ...(__type && { __type }), ...body }),
});
