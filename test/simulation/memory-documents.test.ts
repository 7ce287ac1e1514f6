import { documentsContract } from '../contracts/documents.ts';
import { asPort, createMemoryDocuments } from './memory-documents.ts';

documentsContract('the simulation’s memory', async () => {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const documents = asPort(createMemoryDocuments(() => clock.now));
  return { documents, clock, tenant: 'acme', otherTenant: 'acm' };
});
