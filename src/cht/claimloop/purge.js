// Takes closed claim records, and the feedback on them, off the phones after 60 days; on the server they stay.
// CHT stores the function as text: it must not use anything from outside of it. If you have a purge function already,
// call this one from a copy of its body and join the two lists.
module.exports = {
  text_expression: 'at 2 am on Sunday',
  run_every_days: 7,
  fn: function (userCtx, contact, reports) {
    const KEEP = 60 * 24 * 60 * 60 * 1000;
    const WINDOW = 28 * 24 * 60 * 60 * 1000;
    const now = Date.now();
    const uuid = report => (report.fields || {}).claim_uuid;
    const records = reports.filter(report => report.form === 'OPENIMIS_CLAIM');
    const answers = reports.filter(report => report.form === 'claim_feedback');

    const closedSince = record => {
      const answer = answers.find(report => uuid(record) && uuid(report) === uuid(record));
      if (answer) {
        return answer.reported_date;
      }
      const until = Date.parse((record.fields || {}).answer_by || '') || record.reported_date + WINDOW;
      return (record.fields || {}).status === 'withdrawn' ? Math.min(until, record.reported_date) : until;
    };

    const old = records.filter(record => closedSince(record) + KEEP < now);
    const kept = records.filter(record => !old.includes(record)).map(uuid);
    // Feedback goes with its record: alone, it would leave the record open again.
    const gone = answers.filter(report => report.reported_date + KEEP < now && !kept.includes(uuid(report)));
    return old.concat(gone).map(report => report._id);
  },
};
