const { expect } = require('chai');
const { DAY, record, start, world } = require('./world');
const visits = require('./visits');
const config = require('../claimloop/config');
const { makeTasks } = require('../claimloop/tasks');

const FIRST = record('first-claim');
const SECOND = record('second-claim');
const REPORTED = FIRST.reported_date;

describe('The task', () => {
  let harness;
  before(async () => { harness = await start(); });
  after(() => harness.stop());
  beforeEach(async () => {
    await harness.clear();
    await harness.setNow(REPORTED + 3 * DAY);
  });

  const open = async () => (await harness.getTasks()).map(task => task.emission);
  const claims = async () => (await open()).map(task => task.actions[0].content.t_claim_code);
  const answer = async (task, name = 'answered') => {
    await harness.loadAction(task);
    const { errors } = await harness.fillForm(...visits[name].pages);
    expect(errors).to.deep.equal([]);
  };

  it('appears for the record that ClaimLoop writes, and says whom to visit and about what', async () => {
    harness.pushMockedDoc(FIRST);
    const tasks = await open();
    expect(tasks).to.have.length(1);
    expect(tasks[0].contact.name).to.equal('Rita Patient');
    expect(tasks[0].title).to.equal('task.openimis.claim_feedback.title');
    expect(tasks[0].priorityLabel).to.equal('Jambero District Hospital · 22/11/2026 · CHT005');
    expect(tasks[0].actions[0].form).to.equal('claim_feedback');
  });

  it('belongs to the patient, so that whoever holds the place sees it', async () => {
    harness.pushMockedDoc(FIRST);
    const [task] = await harness.getTasks();
    expect(task.owner).to.equal(world().patient._id);
  });

  it('counts its days from the record, not from the visit', async () => {
    harness.pushMockedDoc(record('two-day-visit'));
    const [task] = await open();
    expect(task.dueDate).to.equal('2026-11-29');
    expect(task.endDate).to.equal('2026-12-20');
  });

  it('is there from the first day to the last one that the record tells, and not after', async () => {
    harness.pushMockedDoc(FIRST);
    for (const [when, seen] of [
      [REPORTED, 1], [REPORTED + 27 * DAY, 1], [Date.parse('2026-12-20T23:00:00Z'), 1], [Date.parse('2026-12-21T01:00:00Z'), 0],
    ]) {
      await harness.setNow(when);
      expect(await open(), new Date(when).toISOString()).to.have.length(seen);
    }
    expect(await harness.countTaskDocsByState()).to.include({ Failed: 1, Total: 1 });
  });

  it('takes 28 days where a record does not tell the last day', async () => {
    const { answer_by, ...fields } = FIRST.fields;
    harness.pushMockedDoc({ ...FIRST, fields });
    expect((await open())[0].endDate).to.equal('2026-12-20');
  });

  it('keeps two claims of one patient apart, and side by side', async () => {
    harness.pushMockedDoc(FIRST, SECOND);
    const tasks = await open();
    expect(await claims()).to.have.members(['CHT005', 'CHT003']);
    expect(new Set(tasks.map(task => task.dueDate)).size, 'stand together').to.equal(1);
    expect(tasks.map(task => task.endDate)).to.have.members(['2026-12-20', '2026-12-22']);
    expect(tasks.map(task => task.actions[0].content.t_other_claims)).to.have.members([
      'Jambero District Hospital · 22/11/2026 · CHT003', 'Jambero District Hospital · 22/11/2026 · CHT005',
    ]);
  });

  it('is resolved by the answer on its own claim, and by no other', async () => {
    harness.pushMockedDoc(FIRST, SECOND);
    await answer((await harness.getTasks()).find(task => task.emission._id.startsWith(FIRST._id)));
    expect(await claims()).to.deep.equal(['CHT003']);
    expect(await harness.countTaskDocsByState()).to.include({ Completed: 1, Ready: 1 });

    await answer((await harness.getTasks())[0]);
    expect(await claims()).to.deep.equal([]);
  });

  it('stays until its own last day when an earlier claim of the patient is over', async () => {
    harness.pushMockedDoc(FIRST, SECOND);
    await harness.setNow('2026-12-21');
    expect(await claims()).to.deep.equal(['CHT003']);
    await harness.setNow('2026-12-23');
    expect(await claims()).to.deep.equal([]);
  });

  ['not-found', 'moved', 'died', 'refused', 'wrong-person'].forEach(name =>
    it(`is gone when nobody could be asked: ${name}`, async () => {
      harness.pushMockedDoc(FIRST);
      await answer((await harness.getTasks())[0], name);
      expect(await claims()).to.deep.equal([]);
    }));

  it('is withdrawn when the record says so', async () => {
    harness.pushMockedDoc(record('withdrawn'));
    expect(await claims()).to.deep.equal([]);

    const changing = JSON.parse(JSON.stringify(FIRST));
    harness.pushMockedDoc(changing);
    expect(await claims()).to.deep.equal(['CHT005']);
    harness.state.reports.find(report => report._id === FIRST._id).fields.status = 'withdrawn';
    expect(await claims()).to.deep.equal([]);
    expect(await harness.countTaskDocsByState()).to.include({ Cancelled: 1 });
  });

  const bad = {
    'with errors': { errors: [{ code: 'registration_not_found', message: 'x' }] },
    'without a claim': { fields: { ...FIRST.fields, claim_uuid: '' } },
    'for another purpose': { fields: { ...FIRST.fields, purpose: 'something-else' } },
    'with an unknown status': { fields: { ...FIRST.fields, status: 'closed' } },
  };
  Object.entries(bad).forEach(([what, change]) =>
    it(`is not made of a record ${what}`, async () => {
      harness.pushMockedDoc({ ...FIRST, ...change });
      expect(await claims()).to.deep.equal([]);
    }));

  it('is high when an officer asked, and only then', async () => {
    harness.pushMockedDoc(FIRST, record('asked-for-by-officer'));
    const tasks = await open();
    expect(tasks.find(task => task.actions[0].content.t_claim_code === 'CHT004').priority).to.equal('high');
    expect(tasks.find(task => task.actions[0].content.t_claim_code === 'CHT005').priority).to.equal(undefined);
  });

  it('is not made for the dead and the muted', async () => {
    const [rule] = makeTasks(config);
    const applies = contact => rule.appliesIf({ contact, reports: [FIRST] }, FIRST);
    expect(applies({})).to.equal(true);
    expect(applies({ date_of_death: '2026-11-01' })).to.equal(false);
    expect(applies({ muted: '2026-11-01' })).to.equal(false);
  });

  it('shows lines by plain words where there are some, and none that the record does not hold', async () => {
    const [rule] = makeTasks({ ...config, lineLabels: { A1: { en: 'Talk with the doctor', ne: 'डाक्टरसँग परामर्श' } } });
    const content = {};
    rule.actions[0].modifyContent(content, { reports: [] }, record('three-services'));
    expect(content).to.include({
      t_line_1_en: 'Talk with the doctor', t_line_1_fr: 'General Consultation', t_line_1_ne: 'डाक्टरसँग परामर्श',
      t_line_2_code: 'R1', t_line_4_code: '', t_line_4_en: '',
    });
  });

  it('writes dates in Bikram Sambat where configured, in the list and in the form', async () => {
    const [rule] = makeTasks({ ...config, dateInWords: day => require('bikram-sambat').toBik_text(day) });
    expect(rule.priority({}, FIRST).label).to.equal('Jambero District Hospital · ६ मंसिर २०८३ · CHT005');
    harness.pushMockedDoc(FIRST);
    const [task] = await harness.getTasks();
    rule.actions[0].modifyContent(task.emission.actions[0].content, { reports: [FIRST] }, FIRST);
    await harness.loadAction(task);
    expect(await harness.page.evaluate(() => document.querySelector('form').innerText))
      .to.contain('at Jambero District Hospital on ६ मंसिर २०८३').and.not.contain('22/11/2026');
  });

  it('puts no markup of a facility on the screen', () => {
    const [rule] = makeTasks(config);
    const odd = { ...FIRST, fields: { ...FIRST.fields, facility: '<img src=x onerror="x">' } };
    expect(rule.priority({}, odd).label).to.not.match(/[<>"]/);
  });

  describe('where the facility has a conflict of interest', () => {
    const { chw, chwPlace, places } = world();
    const supervisor = { _id: 'supervisor', parent: { _id: places.find(place => place.type === 'district_hospital')._id } };
    const applies = (user, conflicts) => {
      global.user = user;
      try {
        return makeTasks({ ...config, conflicts })[0].appliesIf({ contact: {}, reports: [FIRST] }, FIRST);
      } finally {
        delete global.user;
      }
    };

    it('goes to the users of the other place instead', () => {
      const table = { JMHOS001: [supervisor.parent._id] };
      expect(applies(chw, table)).to.equal(false);
      expect(applies(supervisor, table)).to.equal(true);
      expect(applies(undefined, table)).to.equal(false);
    });

    it('and all others are as before', () => {
      expect(applies(chw, { OTHER: [supervisor.parent._id] })).to.equal(true);
      expect(applies(chw, { JMHOS001: [chwPlace._id] })).to.equal(true);
    });
  });
});
