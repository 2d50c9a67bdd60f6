// Claim records (form OPENIMIS_CLAIM) and the feedback reports (form claim_feedback) about them.
const CLAIM = 'OPENIMIS_CLAIM';
const FEEDBACK = 'claim_feedback';
const DAY = 24 * 60 * 60 * 1000;
const LINES = [1, 2, 3, 4, 5, 6];

const field = (report, name) => (report.fields && report.fields[name]) || '';

const hasErrors = report => !!(report.errors && report.errors.length);

/** A phone can hold a record before CHT has checked it: so we look for ourselves. */
const isValid = report =>
  report.form === CLAIM &&
  !report.deleted &&
  !hasErrors(report) &&
  !!field(report, 'claim_uuid') &&
  !!field(report, 'patient_uuid') &&
  field(report, 'purpose') === 'feedback';

const isWithdrawn = report => field(report, 'status') !== 'open';

/** Feedback on this very claim, never on another one of the same patient. */
const feedbackOn = (report, reports) => (reports || []).find(other =>
  other.form === FEEDBACK &&
  !other.deleted &&
  !hasErrors(other) &&
  field(other, 'claim_uuid') === field(report, 'claim_uuid'));

/** The start of the local day, in ms. */
const startOfDay = time => new Date(time).setHours(0, 0, 0, 0);

/** The last day on which it may be answered, as the start of that local day in ms. */
const lastDay = (report, config) => {
  const until = /^(\d{4})-(\d{2})-(\d{2})$/.exec(field(report, 'answer_by'));
  return until ?
    new Date(Number(until[1]), Number(until[2]) - 1, Number(until[3])).getTime() :
    startOfDay(report.reported_date + config.windowDays * DAY);
};

const isOver = (report, config, now) => startOfDay(now) > lastDay(report, config);

/** Asked for and not answered: oldest first. */
const openClaims = reports => (reports || [])
  .filter(report => isValid(report) && !isWithdrawn(report) && !feedbackOn(report, reports))
  .sort((one, other) => one.reported_date - other.reported_date || (one._id < other._id ? -1 : 1));

const daysInWords = (report, config) => ['visit_date', 'visit_end']
  .map(name => field(report, name))
  .filter(day => day)
  .map(day => config.dateInWords(day))
  .join(' – ');

/** Facility, date and claim code. CHT puts it on the screen as HTML. */
const inWords = (report, config) => [
  field(report, 'facility') || field(report, 'facility_code'),
  daysInWords(report, config),
  field(report, 'claim_code'),
].filter(part => part).join(' · ').replace(/[<>&"]/g, ' ');

module.exports = { CLAIM, FEEDBACK, DAY, LINES, daysInWords, feedbackOn, field, inWords, isOver, isValid, isWithdrawn,
  lastDay, openClaims };
