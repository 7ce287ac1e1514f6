import { CrmError } from '../../lib/errors.ts';
import {
  type CrmRecord,
  fillsBlank,
  type MergedAway,
  type PropertyValues,
  type RecordCrm,
  type RecordLocation,
  type RecordUndo,
  type RecordWrite,
} from '../../lib/ports.ts';

/** How a CRM of records may behave; each combination is a product on the market. */
export interface ModelRules {
  /** HubSpot mints a new id with each merge. */
  newIdAfterMerge: boolean;
  /** Whether an old id still tells where its record went; otherwise it is just gone (Odoo). */
  loserLeavesTrace: boolean;
  /** Merging what was merged: refused, or done again (Tryton). */
  repeatSucceeds: boolean;
  fillsBlanks: RecordCrm['rules']['fillsBlanks'];
  losersPerMerge: number;
  mergeSetsValues: boolean;
  /** Looking up a merged-away contact's id finds the survivor's record. */
  oldContactIdFinds: boolean;
  absorbedIdsProperty: boolean;
  /** Records whose merge is still on its way are refused to another merge for now (HubSpot). */
  saysInProcess?: boolean;
  /** No transactions: a merge of several losers may end after the first one. */
  stopsHalfWay?: boolean;
  /** How a merged-away record comes back; left out: it does not. */
  comesBackAs?: RecordUndo['comesBackAs'];
}

export interface ModelRecord {
  contactId: string | undefined;
  values: PropertyValues;
}

/** A merge that took effect. */
export interface MergeEffect {
  survivorContact: string | undefined;
  loserContact: string | undefined;
  loserRecord: string;
}

export interface ModelRecordCrm {
  records: Map<string, ModelRecord>;
  effects: MergeEffect[];
  /** Calls that change something, by kind; reads under `find` and `locate`. */
  calls: Map<string, number>;
  find(contactIds: string[]): { asked: string; record: CrmRecord }[];
  locate(recordIds: string[]): Map<string, RecordLocation>;
  merge(survivor: string, losers: string[], write?: RecordWrite): { survivor: string };
  /** The same merge as a slow CRM carries it out: one loser after the other, each part when it is called. */
  slowMerge(survivor: string, losers: string[], write?: RecordWrite): ((isInTime: boolean) => void)[];
  /** Absorbs the first loser and nothing else. */
  halfMerge(survivor: string, losers: string[]): void;
  update(recordId: string, write: RecordWrite): void;
  create(write: RecordWrite): { recordId: string };
  /** Takes one merged-away record out of its survivor again. */
  bringBack(loser: MergedAway): { recordId: string };
  /** Records that came back: the contacts, in order. */
  returned: string[];
  seed(contactId: string | undefined, values: PropertyValues): string;
}

const ABSORBED = 'absorbed_ids';

export function createModelRecordCrm(rules: ModelRules): ModelRecordCrm {
  const records = new Map<string, ModelRecord>();
  const moved = new Map<string, string>();
  const absorbedContacts = new Map<string, string>();
  const effects: MergeEffect[] = [];
  const calls = new Map<string, number>();
  const inProcess = new Set<string>();
  const buried = new Map<string, ModelRecord>();
  const returned: string[] = [];
  let nextId = 1;

  const count = (kind: string) => calls.set(kind, (calls.get(kind) ?? 0) + 1);
  const refuse = (code: string): never => {
    throw new CrmError('permanent', `model: ${code}`, { code });
  };
  const now = (id: string): string => (moved.has(id) ? now(moved.get(id) ?? '') : id);
  const mint = () => `r${nextId++}`;
  const living = (id: string) => records.get(id) ?? refuse('RECORD_NOT_FOUND');

  function write(record: ModelRecord, { contactId, values }: RecordWrite): void {
    if (contactId !== undefined) {
      const taken = [...records.values()].some((other) => other !== record && other.contactId === contactId);
      if (taken) refuse('DUPLICATE_VALUE');
      record.contactId = contactId;
    }
    Object.assign(record.values, values);
  }

  function absorb(survivor: ModelRecord, survivorId: string, loserId: string): void {
    const loser = records.get(loserId);
    if (!loser) return repeat(survivor, survivorId, loserId);
    effects.push({ survivorContact: survivor.contactId, loserContact: loser.contactId, loserRecord: loserId });
    for (const [property, value] of Object.entries(loser.values))
      if (fillsBlank(rules, property) && isBlank(survivor.values[property])) survivor.values[property] = value;
    if (loser.contactId !== undefined) absorbedContacts.set(loser.contactId, survivorId);
    records.delete(loserId);
    buried.set(loserId, loser);
    moved.set(loserId, survivorId);
  }

  /** A second merge of the same pair: an unwanted effect, where the CRM does not refuse it. */
  function repeat(survivor: ModelRecord, survivorId: string, loserId: string): void {
    if (!rules.repeatSucceeds) refuse('ALREADY_MERGED');
    effects.push({ survivorContact: survivor.contactId, loserContact: undefined, loserRecord: loserId });
    if (loserId === survivorId) records.delete(survivorId);
  }

  function refuseBusy(recordIds: string[]): void {
    if (recordIds.some((id) => inProcess.has(id)))
      throw new CrmError('retry-soon', 'model: a merge is in process', { code: 'MERGE_IN_PROCESS' });
  }

  /** @returns the survivor of a merge that may begin. */
  function admit(survivorId: string, losers: string[], values?: RecordWrite): ModelRecord {
    count('merge');
    if (values?.contactId !== undefined) refuse('INVALID_FIELD'); // The port promises that it never comes here.
    const survivor = living(survivorId); // Old ids can be read, not written: the port promises no more.
    if (losers.length > rules.losersPerMerge) refuse('TOO_MANY');
    if (!rules.repeatSucceeds && losers.some((loser) => !records.has(loser))) refuse('ALREADY_MERGED');
    return survivor;
  }

  /** @returns the survivor's id after the merge. */
  function finish(home: string, survivor: ModelRecord, values?: RecordWrite): string {
    if (values) write(survivor, values);
    if (!rules.newIdAfterMerge) return home;
    const id = mint();
    records.delete(home);
    records.set(id, survivor);
    moved.set(home, id);
    return id;
  }

  /** Out of the recycle bin, with what it had. */
  function dig(recordId: string): { recordId: string } {
    const record = buried.get(recordId) ?? refuse('NOT_MERGED');
    if (record.contactId !== undefined) write(record, { contactId: record.contactId, values: {} });
    records.set(recordId, record);
    buried.delete(recordId);
    moved.delete(recordId);
    return { recordId };
  }

  function makeAnew({ contactId, values }: MergedAway): { recordId: string } {
    const record: ModelRecord = { contactId: undefined, values: {} };
    write(record, { contactId, values });
    const recordId = mint();
    records.set(recordId, record);
    return { recordId };
  }

  return {
    records,
    effects,
    calls,
    returned,
    bringBack(loser) {
      count('bring-back');
      const back = rules.comesBackAs === 'itself' ? dig(loser.recordId) : makeAnew(loser);
      absorbedContacts.delete(loser.contactId);
      returned.push(loser.contactId);
      return back;
    },
    seed(contactId, values) {
      const id = mint();
      records.set(id, { contactId, values: { ...values } });
      return id;
    },
    find(contactIds) {
      count('find');
      return contactIds.flatMap((asked) => {
        const own = [...records].filter(([, record]) => record.contactId === asked).map(([id]) => id);
        const heir = absorbedContacts.get(asked);
        const found = own.length === 0 && rules.oldContactIdFinds && heir !== undefined ? [now(heir)] : own;
        return found.flatMap((id) => {
          const record = records.get(id);
          return record ? [{ asked, record: shown(id, record) }] : [];
        });
      });
    },
    locate(recordIds) {
      count('locate');
      return new Map(
        recordIds.map((id) => {
          const place = records.has(id) ? id : rules.loserLeavesTrace ? now(id) : id;
          return [id, records.has(place) ? { recordId: place } : 'gone'];
        }),
      );
    },
    merge(survivorId, losers, values) {
      refuseBusy([survivorId, ...losers]);
      const survivor = admit(survivorId, losers, values);
      for (const loser of losers) absorb(survivor, survivorId, loser);
      return { survivor: finish(survivorId, survivor, values) };
    },
    slowMerge(survivorId, losers, values) {
      const touched = [survivorId, ...losers];
      if (touched.some((id) => inProcess.has(id))) return [];
      if (rules.saysInProcess) for (const id of touched) inProcess.add(id);
      const begun: { survivor?: ModelRecord } = {};
      return losers.map((loser, index) => (isInTime) => {
        const isLast = index === losers.length - 1;
        if (isLast) for (const id of touched) inProcess.delete(id);
        if (!isInTime) return;
        if (index === 0) begun.survivor = admit(survivorId, losers, values);
        const { survivor } = begun;
        if (!survivor || records.get(survivorId) !== survivor) return;
        absorb(survivor, survivorId, loser);
        if (isLast) finish(survivorId, survivor, values);
      });
    },
    halfMerge(survivorId, losers) {
      refuseBusy([survivorId, ...losers]);
      absorb(admit(survivorId, losers), survivorId, losers[0] ?? '');
    },
    update(recordId, values) {
      count('update');
      write(living(recordId), values);
    },
    create(values) {
      count('create');
      const record: ModelRecord = { contactId: undefined, values: {} };
      write(record, values);
      const id = mint();
      records.set(id, record);
      return { recordId: id };
    },
  };
}

const isBlank = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const shown = (recordId: string, record: ModelRecord): CrmRecord => ({
  recordId,
  contactId: record.contactId,
  values: { ...record.values } as CrmRecord['values'],
});

export const portRules = (rules: ModelRules): RecordCrm['rules'] => ({
  losersPerMerge: rules.losersPerMerge,
  mergeSetsValues: rules.mergeSetsValues,
  fillsBlanks: rules.fillsBlanks,
  ...(rules.absorbedIdsProperty && { absorbedIdsProperty: ABSORBED }),
});

/** What such a CRM can take back. @param call makes each call that changes something. */
export function portUndo({ comesBackAs }: ModelRules, bringBack: RecordUndo['bringBack']): { undo?: RecordUndo } {
  if (comesBackAs === undefined) return {};
  const cannot = [{ en: 'children', zh: '下级数据' }];
  return { undo: { comesBackAs, cannot, writable: async (properties) => properties, bringBack } };
}
