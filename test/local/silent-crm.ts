import { startRecordingServer } from '../contracts/recording-server.ts';

/** An in-house CRM that takes commands and never answers. `asked` resolves with its first request. */
export async function startSilentCrm() {
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = await startRecordingServer(() => {
    tell();
    return 'silence';
  });
  const env = {
    CRM: 'http',
    CRM_HTTP_ENDPOINT: `${server.url}/merges`,
    CRM_HTTP_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  };
  return { ...server, asked, env };
}
