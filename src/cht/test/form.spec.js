const { expect } = require('chai');
const { DAY, record, start } = require('./world');
const visits = require('./visits');

const VISIT = visits.answered.pages[0];

describe('The feedback form', () => {
  let harness;
  before(async () => { harness = await start(); });
  after(() => harness.stop());
  const open = async (name, content = {}) => {
    await harness.clear();
    await harness.setNow(record('first-claim').reported_date + DAY);
    harness.pushMockedDoc(record(name));
    const [task] = await harness.getTasks();
    Object.assign(task.emission.actions[0].content, content);
    await harness.loadAction(task);
  };
  const text = () => harness.page.evaluate(() => document.querySelector('form').innerText);
  const fill = async (name, ...pages) => {
    await open(name);
    return harness.fillForm(...pages);
  };
  const messages = result => result.errors.map(error => error.msg).join(' ');

  it('shows the visit in words before it asks', async () => {
    await open('first-claim');
    expect(await text()).to.contain('Rita Patient was treated at Jambero District Hospital on 22/11/2026, says claim CHT005.');
  });

  it('shows both days of a longer visit', async () => {
    await open('two-day-visit');
    expect(await text()).to.contain('on 01/04/2019 – 02/04/2019, says claim CIA06601');
  });

  it('says that other visits of the person are asked about, too', async () => {
    await open('first-claim', { t_other_claims: 'Viru HC · 21/11/2026 · CHT001' });
    expect(await text()).to.contain('Viru HC · 21/11/2026 · CHT001');
  });

  ['not_found', 'moved', 'died'].forEach(outcome =>
    it(`asks nothing when the person was not reached (${outcome}), but how the CHW knows`, async () => {
      const { errors, report } = await fill('first-claim', [outcome, 'Three visits']);
      expect(errors).to.deep.equal([]);
      expect(report.fields).to.include({ outcome, outcome_reason: 'Three visits', respondent: '' });
      expect(report.fields).to.not.have.any.keys('feedback', 'lines', 'undelivered');

      expect(messages(await fill('first-claim', [outcome, '']))).to.contain('Please answer this question.');
    }));

  it('takes no feedback from another person', async () => {
    const { errors, report } = await fill('first-claim', ['yes', 'no']);
    expect(errors).to.deep.equal([]);
    expect(report.fields.outcome).to.equal('wrong_person');
    expect(report.fields).to.not.have.any.keys('feedback', 'lines', 'undelivered');
  });

  it('takes a no for a no', async () => {
    const { errors, report } = await fill('first-claim', ['yes', 'yes', 'no', 'Afraid']);
    expect(errors).to.deep.equal([]);
    expect(report.fields).to.include({ outcome: 'refused', outcome_reason: 'Afraid' });
    expect(report.fields).to.not.have.any.keys('feedback', 'lines', 'undelivered');
  });

  it('does not go on where the facility could listen', async () => {
    expect(messages(await fill('first-claim', ['yes', 'yes', 'yes', 'no', 'self']))).to.contain('Look for a quiet place.');
  });

  ['self', 'guardian', 'other'].forEach(who =>
    it(`keeps who answered: ${who}`, async () => {
      const { report } = await fill('first-claim', [...VISIT.slice(0, 4), who], ...visits.answered.pages.slice(1));
      expect(report.fields.respondent).to.equal(who);
    }));

  it('does not ask for medicine that was not prescribed, and invents no answer', async () => {
    const { report } = await fill('first-claim', ...visits['drugs-not-prescribed'].pages);
    expect(report.fields.feedback).to.include({ drug_prescribed: 'no', assessment: '5' });
    expect(report.fields.feedback).to.not.have.any.keys('drug_received', 'payment_amount', 'payment_receipt', 'complaint_category', 'complaint');
  });

  it('keeps amount, receipt, complaint and remarks', async () => {
    const { report } = await fill('first-claim', ...visits['paid-and-complained'].pages);
    expect(report.fields.feedback).to.include({
      payment_amount: '250', payment_receipt: 'no', complaint_category: 'payment', complaint: 'Had to pay for the bandages',
      remarks: 'Mother answered, नमस्ते',
    });
  });

  ['-1', '10000001'].forEach(amount =>
    it(`refuses an amount of ${amount} with a message that can be read`, async () => {
      const result = await fill('first-claim', VISIT, ['yes', 'yes', amount, 'no', 'no', '3', 'no', '']);
      expect(messages(result)).to.contain('Write the sum as a number from 0 to 10000000.');
    }));

  it('asks for each line that the record shows, and then not for "anything"', async () => {
    await open('three-services');
    const { report } = await harness.fillForm(...visits['one-service-not-received'].pages);
    expect(report.fields.lines).to.deep.equal({
      n_lines: '',
      line_1_code: 'A1', line_2_code: 'R1', line_3_code: 'I1',
      line_1: 'as_declared', line_2: 'not_at_all', line_3: 'as_declared',
    });
    expect(report.fields).to.not.have.property('undelivered');
  });

  it('asks whether anything was missing where no line is shown', async () => {
    const { report } = await fill('first-claim', ...visits['drugs-not-received'].pages);
    expect(report.fields.undelivered).to.equal('yes');
    expect(report.fields).to.not.have.property('lines');
  });

  it('keeps the day of the visit and how long it took', async () => {
    await open('first-claim');
    await harness.flush({ minutes: 3, seconds: 4 });
    const { report } = await harness.fillForm(...visits.answered.pages);
    expect(report.fields).to.include({ visit_date: '2026-11-23', duration_seconds: '184' });
  });

  it('carries claim and patient at the top, where CHT searches and links by them', async () => {
    const { report } = await fill('first-claim', ...visits.answered.pages);
    const { claim_uuid, claim_code, patient_uuid, patient_id } = record('first-claim').fields;
    expect(report.fields).to.include({ claim_uuid, claim_code, patient_uuid, patient_id });
  });

  it('is not complete without each answer that openIMIS needs', async () => {
    for (const missing of [0, 1, 2, 4]) {
      const answers = ['yes', 'no', 'yes', 'yes', '4', 'no', ''];
      answers[missing] = null;
      const result = await fill('first-claim', VISIT, answers.slice(0, missing === 2 ? 3 : 7));
      expect(messages(result), `question ${missing}`).to.contain('Please answer this question.');
    }
  });

  it('speaks French and Nepali', async () => {
    for (const [language, words] of [['fr', 'Rita Patient a reçu des soins'], ['ne', 'Rita Patient को Jambero District Hospital मा']]) {
      await open('first-claim');
      const shown = await harness.page.evaluate(lang => Array.from(
        document.querySelectorAll(`form [lang="${lang}"]`)).map(node => node.textContent).join('\n'), language);
      expect(shown).to.contain(words);
    }
  });
});
