import { CLI_CLIENT, renewingLogin } from './aws-client.ts';

const SETTINGS = ['door', 'crm'];

/**
 * The tenants of a deployment, by the names of their parameters `/PREFIX/TENANT/door` and `…/crm`; no value is decrypted.
 * @throws what the SDK throws; the operator needs ssm:GetParametersByPath.
 */
export async function tenantNames(prefix: string): Promise<string[]> {
  const { paginateGetParametersByPath, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = renewingLogin(new SSMClient(CLI_CLIENT));
  const names = new Set<string>();
  const pages = paginateGetParametersByPath({ client }, { Path: `/${prefix}`, Recursive: true, WithDecryption: false });
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '' } of Parameters) {
      const [tenant = '', kind = '', ...more] = Name.split('/').slice(2);
      if (SETTINGS.includes(kind) && more.length === 0) names.add(tenant);
    }
  }
  return [...names].sort();
}
