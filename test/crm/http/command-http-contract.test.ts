import { createCommandHttpCrm } from '../../../lib/crm/http/command-http.ts';
import { signWebhook, webhookKeys } from '../../../lib/crm/http/standard-webhooks.ts';
import type { MergeCommand } from '../../../lib/ports.ts';
import { commandCrmContract } from '../../contracts/command-crm.ts';
import { type RecordedRequest, startRecordingServer } from '../../contracts/recording-server.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** The smallest receiver of the contract: checks the signature, remembers the webhook-id, knows some contacts. */
async function startInHouseCrm() {
  const known = new Set<string>();
  const effects: { key: string; command: MergeCommand }[] = [];
  let contradiction: string | undefined;
  const server = await startRecordingServer((request) => {
    if (!isGenuine(request)) return { status: 401 };
    const key = request.headers['webhook-id'] ?? '';
    const command: MergeCommand = JSON.parse(request.body).data;
    if (effects.some((effect) => effect.key === key)) return { status: 200 };
    if (contradiction) return { status: 409, body: JSON.stringify({ code: contradiction }) };
    if (![command.survivorId, ...command.loserIds].some((id) => known.has(id))) return { status: 404 };
    effects.push({ key, command });
    return { status: 201 };
  });
  const contradict = (code: string) => {
    contradiction = code;
  };
  return { server, known, effects, contradict };
}

function isGenuine({ headers, body }: RecordedRequest): boolean {
  const message = { id: headers['webhook-id'] ?? '', timestamp: Number(headers['webhook-timestamp']), body };
  return headers['webhook-signature'] === signWebhook(message, webhookKeys(SECRET));
}

commandCrmContract('http', async ({ fetch, timeoutMs }) => {
  const { server, known, effects, contradict } = await startInHouseCrm();
  const endpoint = `${server.url}/merges`;
  return {
    crm: createCommandHttpCrm({ endpoint, secret: SECRET, fetch, now: Date.now, timeoutMs }),
    seed: async (contactIds) => contactIds.forEach((id) => void known.add(id)),
    effects: () => effects,
    contradict,
    close: server.close,
  };
});
