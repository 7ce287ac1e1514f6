const { require: requireTypescript } = require('tsx/cjs/api');
const { readTenants } = requireTypescript('../lib/config.ts', __filename);

/** One output a tenant, with the URL for the form in 尘锋. Called by osls. */
module.exports = async ({ resolveVariable }) => {
  const tenants = namesIn(await resolveVariable('param:tenants'));
  return {
    Outputs: Object.fromEntries(tenants.map((tenant, index) => [`CallbackUrl${index + 1}`, outputFor(tenant)])),
  };
};

// The names of outputs hold letters and digits only, so the tenant stands in the description and in the URL.
function outputFor(tenant) {
  return {
    Description: `The URL for the form in 尘锋, tenant ${tenant}`,
    Value: { 'Fn::Sub': `https://\${HttpApi}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/callback/${tenant}` },
  };
}

/** Names that cannot be used are refused by infra/osls-plugin.cjs, in words. */
function namesIn(list) {
  try {
    return readTenants(String(list));
  } catch {
    return [];
  }
}
