import manifest from '../../package.json';
import lock from '../../package-lock.json';

const { satisfies } = jest.requireActual<{ satisfies(version: string, range: string): boolean }>('semver');

interface Locked {
  version?: string;
  integrity?: string;
  link?: boolean;
  resolved?: string;
  engines?: { node?: string } | string[];
}

const packages = Object.entries(lock.packages as Record<string, Locked>).filter(([folder]) => folder !== '');
const LEAST_NODE = manifest.engines.node.replace('>=', '');

describe('package-lock.json', () => {
  it('has the checksum of every package, also of binaries for other machines', () => {
    expect(packages.filter(([, one]) => !one.integrity && !one.link).map(([folder]) => folder)).toEqual([]);
    expect(packages.length).toBeGreaterThan(100);
  });

  it('names no registry: the one that npm is set to is asked', () => {
    expect(packages.filter(([, one]) => one.resolved).map(([folder]) => folder)).toEqual([]);
  });

  it('has no package that refuses the oldest Node of package.json', () => {
    const refusing = packages.filter(([, { engines }]) => {
      const range = Array.isArray(engines) ? undefined : engines?.node;
      return range !== undefined && !satisfies(LEAST_NODE, range);
    });
    expect(refusing.map(([folder, { engines }]) => [folder, engines])).toEqual([]);
  });

  it('every dependency is pinned to one version', () => {
    const versions = Object.entries(manifest.devDependencies);
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
