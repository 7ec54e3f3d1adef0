/**
 * The schema as steps of SQL, applied in order and once each. The number of steps that a database has had is its `user_version`. New steps are appended; a step that was
 * released is never changed, so its comments speak the words of its time.
 */
export const MIGRATIONS: readonly string[] = [
  // The first schema.
  `
create table blobs (
  digest text primary key,          -- SHA-256 of the bytes before compression
  size integer not null,            -- bytes before compression
  encoding text not null check (encoding in ('raw', 'deflate')),
  bytes blob not null
) strict, without rowid;

create table runs (
  id text primary key,
  created_at text not null,
  finished_at text,
  ended text check (ended in ('complete', 'interrupted', 'failed')),
  suite text not null,
  suite_digest text not null,
  attempts integer not null,
  harness_version text not null,
  image text not null,
  image_id text not null,
  settings text not null,           -- JSON: flags, digests of images, versions, git state
  owner text                        -- the process that runs it now, as JSON
) strict;

create table arms (
  id text primary key,              -- SHA-256 of the model entry and the agent settings
  name text not null,
  api text not null,
  model text not null,
  prompt_name text not null,
  prompt_digest text not null,
  settings text not null            -- JSON of profile, limits and the rest
) strict;

create table run_arms (
  run_id text not null references runs (id),
  arm_id text not null references arms (id),
  position integer not null,
  spec text not null,               -- JSON of the models.yaml entry as it was then, prices included, header values left out
  primary key (run_id, arm_id)
) strict, without rowid;

create table tasks (
  digest text primary key,
  id text not null,
  suite text not null,
  title text not null,
  tags text not null,               -- JSON list
  prompt_blob text not null references blobs (digest)
) strict;

create table run_tasks (
  run_id text not null references runs (id),
  task_id text not null,
  task_digest text not null references tasks (digest),
  position integer not null,
  primary key (run_id, task_id)
) strict, without rowid;

-- A trial may be started more than once (a crash, an error of the harness); each start is a try and keeps its steps.
create table tries (
  id integer primary key,
  run_id text not null references runs (id),
  task_id text not null,
  arm_id text not null references arms (id),
  attempt integer not null,
  started_at text not null,
  ended text check (ended in ('finished', 'abandoned')),
  reason text,
  system_blob text references blobs (digest),
  first_turns_blob text references blobs (digest),
  tools_blob text references blobs (digest)
) strict;
create index tries_of_trial on tries (run_id, task_id, arm_id, attempt);

create table steps (
  try_id integer not null references tries (id),
  iteration integer not null,
  started_at text not null,
  finish text not null,
  finish_raw text not null,
  turn_blob text not null references blobs (digest),   -- JSON: the provider's own turn and the view of it
  body_blob text not null references blobs (digest),   -- the response body as received
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer,
  usage_inconsistency text,
  cost_usd real,
  no_cache_cost_usd real,
  computed_cost_usd real,
  cost_source text not null,
  duration_ms real not null,
  waited_ms real not null,
  http_attempts text not null,      -- JSON list
  served text not null,             -- JSON: model, provider, ids
  primary key (try_id, iteration)
) strict, without rowid;

-- The audit log: a row is written before the tool runs and completed after it.
create table tool_calls (
  try_id integer not null references tries (id),
  iteration integer not null,
  position integer not null,
  call_id text not null,
  tool text not null,
  arguments_blob text not null references blobs (digest),
  started_at text not null,
  finished_at text,
  tier text,
  decision text,
  result_blob text references blobs (digest),   -- what the model was sent
  output_blob text references blobs (digest),   -- the output before it was cut; null when nothing was cut
  error_kind text,
  exit_code integer,
  timed_out integer,
  duration_ms real,
  primary key (try_id, iteration, position)
) strict, without rowid;

-- What the harness said or did of its own accord: nudges, masking, rejected requests.
create table notes (
  id integer primary key,
  try_id integer not null references tries (id),
  iteration integer not null,
  kind text not null,
  text text not null
) strict;
create index notes_of_try on notes (try_id);

create table trials (
  id integer primary key,
  run_id text not null references runs (id),
  task_id text not null,
  arm_id text not null references arms (id),
  attempt integer not null,
  try_id integer not null references tries (id),
  outcome text not null check (outcome in ('graded', 'error')),
  passed integer check (passed in (0, 1)),
  stop text,
  stop_detail text,
  reason text,
  tests_passed integer,
  tests_total integer,
  tampered integer not null default 0,
  verdict_blob text references blobs (digest),
  error_source text,
  error_message text,
  iterations integer not null,
  input_tokens integer not null,
  cache_read_tokens integer not null,
  cache_write_tokens integer not null,
  output_tokens integer not null,
  reasoning_tokens integer not null,
  cost_usd real,
  no_cache_cost_usd real,
  unbilled_attempts integer not null,
  started_at text not null,
  duration_ms real not null,
  working_ms real not null,
  waited_ms real not null,
  unique (run_id, task_id, arm_id, attempt),
  check ((outcome = 'graded') = (passed is not null))
) strict;

-- Names of the hidden tests that must pass, learned from the reference solution.
create table required_tests (
  task_digest text not null,
  image_id text not null,
  names text not null,              -- JSON list
  primary key (task_digest, image_id)
) strict, without rowid;

create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.model, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail
from trials t join arms a on a.id = t.arm_id;

-- Tasks weigh the same, however many attempts each had.
create view v_pass_rate as
with per_task as (
  select run_id, arm_id, task_id, avg(passed) as rate, sum(passed) as passed, count(passed) as graded, sum(outcome = 'error') as errors,
         sum(case when outcome = 'graded' then cost_usd end) as cost_usd, sum(outcome = 'graded' and cost_usd is null) as unpriced
  from trials group by run_id, arm_id, task_id)
select p.run_id as run, a.name as arm, a.model, avg(p.rate) as pass_rate, sum(p.passed) as passed, sum(p.graded) as graded, sum(p.errors) as errors,
       count(*) as tasks, case when sum(p.unpriced) = 0 then sum(p.cost_usd) end as cost_usd
from per_task p join arms a on a.id = p.arm_id group by p.run_id, p.arm_id;

create view v_steps as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, s.iteration, s.finish,
       s.input_tokens, s.cache_read_tokens, s.cache_write_tokens, s.output_tokens, s.cost_usd, s.duration_ms / 1000.0 as duration_s, s.waited_ms / 1000.0 as waited_s
from trials t join arms a on a.id = t.arm_id join steps s on s.try_id = t.try_id;

-- What was paid for, trials that were dropped or failed included.
create view v_spent as
select r.run_id as run, a.name as arm, count(*) as steps, sum(s.cost_usd) as known_cost_usd, sum(s.cost_usd is null) as steps_of_unknown_cost
from tries r join steps s on s.try_id = r.id join arms a on a.id = r.arm_id group by r.run_id, r.arm_id;

create view v_tool_calls as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, c.iteration, c.position, c.tool, c.decision, c.error_kind, c.exit_code, c.timed_out, c.duration_ms / 1000.0 as duration_s
from trials t join arms a on a.id = t.arm_id join tool_calls c on c.try_id = t.try_id;
`,
  // Reuse of trials, sequential gates, tags and baselines; and an arm's name becomes that of its run, since two runs may name one arm differently.
  `
-- A trial taken over from an earlier run of the same arm on the same task: its figures count, but it was paid for there.
alter table trials add column reused_from integer references trials (id);
-- Attempts that were really run when a sequential gate was decided early; null when all were wanted.
alter table runs add column rounds integer;

-- What a run called an arm: the same prompt may go by another file name in another run. Null in runs that were stored before.
alter table run_arms add column name text;
alter table run_arms add column prompt_name text;

create table run_tags (
  run_id text not null references runs (id),
  tag text not null,
  primary key (run_id, tag)
) strict, without rowid;
create index runs_of_tag on run_tags (tag);

-- Names of what others are compared with: a run, or one arm of it.
create table baselines (
  name text primary key,
  run_id text not null references runs (id),
  arm_id text references arms (id),
  saved_at text not null
) strict;

drop view v_trials;
drop view v_pass_rate;
drop view v_steps;
drop view v_spent;
drop view v_tool_calls;

create view v_arms as
select ra.run_id, a.id as arm_id, coalesce(ra.name, a.name) as name, a.model, coalesce(ra.prompt_name, a.prompt_name) as prompt
from run_arms ra join arms a on a.id = ra.arm_id;

create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.model, a.prompt, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail, t.reused_from
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id;

-- Tasks weigh the same, however many attempts each had.
create view v_pass_rate as
with per_task as (
  select run_id, arm_id, task_id, avg(passed) as rate, sum(passed) as passed, count(passed) as graded, sum(outcome = 'error') as errors,
         sum(case when outcome = 'graded' then cost_usd end) as cost_usd, sum(outcome = 'graded' and cost_usd is null) as unpriced
  from trials group by run_id, arm_id, task_id)
select p.run_id as run, a.name as arm, a.model, a.prompt, avg(p.rate) as pass_rate, sum(p.passed) as passed, sum(p.graded) as graded, sum(p.errors) as errors,
       count(*) as tasks, case when sum(p.unpriced) = 0 then sum(p.cost_usd) end as cost_usd
from per_task p join v_arms a on a.run_id = p.run_id and a.arm_id = p.arm_id group by p.run_id, p.arm_id;

create view v_steps as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, s.iteration, s.finish,
       s.input_tokens, s.cache_read_tokens, s.cache_write_tokens, s.output_tokens, s.cost_usd, s.duration_ms / 1000.0 as duration_s, s.waited_ms / 1000.0 as waited_s
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id join steps s on s.try_id = t.try_id;

-- What was paid for, trials that were dropped or failed included; trials taken over from earlier runs were paid for there.
create view v_spent as
select r.run_id as run, a.name as arm, count(*) as steps, sum(s.cost_usd) as known_cost_usd, sum(s.cost_usd is null) as steps_of_unknown_cost
from tries r join steps s on s.try_id = r.id join v_arms a on a.run_id = r.run_id and a.arm_id = r.arm_id group by r.run_id, r.arm_id;

create view v_tool_calls as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, c.iteration, c.position, c.tool, c.decision, c.error_kind, c.exit_code, c.timed_out, c.duration_ms / 1000.0 as duration_s
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id join tool_calls c on c.try_id = t.try_id;
`,
  // Resuming an execution where it stopped, caps on spending that survive a kill, and grading a stored submission again.
  `
-- When a try that was left was taken up again: its steps are gone through once more without being paid for.
create table resumptions (
  id integer primary key,
  try_id integer not null references tries (id),
  resumed_at text not null,
  steps integer not null,           -- responses that were there already
  reason text not null              -- why the try had been left
) strict;
create index resumptions_of_try on resumptions (try_id);

-- Requests that gave no step: turned down for what the model did, or cut by the time limit.
create table unanswered (
  id integer primary key,
  try_id integer not null references tries (id),
  iteration integer not null,       -- of the last step before it
  kind text not null,
  message text,
  http_attempts text not null       -- JSON list
) strict;
create index unanswered_of_try on unanswered (try_id);

-- What left the agent's container, kept before it is graded, so that it can be graded again.
create table deliveries (
  try_id integer primary key references tries (id),
  stop text not null,
  stop_detail text not null,
  working_ms real not null,
  unbilled_attempts integer not null,
  given_digest text not null,       -- over all that the agent was given: prompt, workspace, rule of delivery
  files text not null               -- JSON list of path, digest of the blob, executable
) strict;

-- Every request with what it may cost at the most, written before it is sent: after a kill, one under way counts as spent.
create table spending (
  id integer primary key,
  run_id text not null references runs (id),
  arm_id text not null references arms (id),
  task_id text not null,
  attempt integer not null,
  started_at text not null,
  worst_usd real,
  worst_tokens integer not null,
  settled integer not null default 0,
  usd real,                         -- null where nobody knows: then the worst counts
  tokens integer
) strict;
create index spending_of_run on spending (run_id, arm_id);

-- Verdicts that a later grading of the same delivery has replaced.
create table earlier_verdicts (
  id integer primary key,
  trial_id integer not null references trials (id),
  replaced_at text not null,
  task_digest text not null,        -- of the task whose tests gave it
  passed integer not null,
  reason text not null,
  tests_passed integer not null,
  tests_total integer not null,
  tampered integer not null,
  verdict_blob text not null references blobs (digest)
) strict;
create index earlier_verdicts_of_trial on earlier_verdicts (trial_id);

-- Why a run ended before all was done; null when it was not stopped.
alter table runs add column stopped_by text;
`,
  // Reports on runs of a million trials: sums are kept as steps arrive, and indexes hold what reports add up.
  `
-- What an arm of a run has cost, kept as its steps come in: a sum over the steps of a million trials takes longer than whoever asks would wait.
alter table run_arms add column spent_usd real not null default 0;
update run_arms set spent_usd = coalesce((select sum(s.cost_usd) from tries r join steps s on s.try_id = r.id where r.run_id = run_arms.run_id and r.arm_id = run_arms.arm_id), 0);
create trigger spent_by_step after insert on steps when new.cost_usd is not null begin
  update run_arms set spent_usd = spent_usd + new.cost_usd where (run_id, arm_id) = (select run_id, arm_id from tries where id = new.try_id);
end;

-- What reports ask of many trials, without reading the trials: all sums of a task by an arm, the middle of the times, errors, the ones that did not pass.
create index trials_of_report on trials (run_id, task_id, arm_id, passed, attempt, tampered, stop, iterations, input_tokens, cache_write_tokens,
  cache_read_tokens, output_tokens, cost_usd, reused_from, unbilled_attempts, working_ms) where passed is not null;
create index trials_by_time on trials (run_id, arm_id, working_ms, attempt) where passed is not null;
create index trials_in_error on trials (run_id, task_id, arm_id, attempt, unbilled_attempts) where passed is null;
create index trials_not_passed on trials (run_id, id) where passed is not 1;
`,
  // The words of this schema were ones that only its authors knew: "tries" for executions, "deliveries" for submissions, "worst" for what is reserved. Tables and
  // columns are renamed in place, which copies no row and rewrites the views of users that read them; that is why nothing is dropped before. Only the indexes whose names
  // held the old words are built again.
  `
alter table tries rename to executions;
alter table deliveries rename to submissions;
alter table unanswered rename to unanswered_requests;

alter table steps rename column try_id to execution_id;
alter table tool_calls rename column try_id to execution_id;
alter table notes rename column try_id to execution_id;
alter table trials rename column try_id to execution_id;
alter table resumptions rename column try_id to execution_id;
alter table unanswered_requests rename column try_id to execution_id;
alter table submissions rename column try_id to execution_id;
alter table submissions rename column given_digest to inputs_digest;
alter table spending rename column worst_usd to reserved_usd;
alter table spending rename column worst_tokens to reserved_tokens;
alter table spending rename column usd to cost_usd;

drop view v_steps;
drop view v_spent;
drop view v_tool_calls;
drop trigger spent_by_step;
drop index tries_of_trial;
drop index notes_of_try;
drop index resumptions_of_try;
drop index unanswered_of_try;

create index executions_of_trial on executions (run_id, task_id, arm_id, attempt);
create index notes_of_execution on notes (execution_id);
create index resumptions_of_execution on resumptions (execution_id);
create index unanswered_requests_of_execution on unanswered_requests (execution_id);

create trigger spent_by_step after insert on steps when new.cost_usd is not null begin
  update run_arms set spent_usd = spent_usd + new.cost_usd where (run_id, arm_id) = (select run_id, arm_id from executions where id = new.execution_id);
end;

create view v_steps as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, s.iteration, s.finish,
       s.input_tokens, s.cache_read_tokens, s.cache_write_tokens, s.output_tokens, s.cost_usd, s.duration_ms / 1000.0 as duration_s, s.waited_ms / 1000.0 as waited_s
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id join steps s on s.execution_id = t.execution_id;

-- What a run paid for: steps of trials that were abandoned or ended in an error count, trials reused from earlier runs do not.
create view v_spent as
select e.run_id as run, a.name as arm, count(*) as steps, sum(s.cost_usd) as known_cost_usd, sum(s.cost_usd is null) as steps_of_unknown_cost
from executions e join steps s on s.execution_id = e.id join v_arms a on a.run_id = e.run_id and a.arm_id = e.arm_id group by e.run_id, e.arm_id;

create view v_tool_calls as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, c.iteration, c.position, c.tool, c.decision, c.error_kind, c.exit_code, c.timed_out, c.duration_ms / 1000.0 as duration_s
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id join tool_calls c on c.execution_id = t.execution_id;
`,
  // Arms name their agent, so that other agents than the harness's own loop can be compared.
  `
-- The agent of an arm, apart from the settings that every agent has. Arms that were stored before have the harness's own loop.
alter table arms add column agent text not null default '{}';
update arms set agent = json_object('kind', 'loop', 'profile', json(coalesce(settings -> '$.profile', '"full"')),
    'maskAtShare', json(coalesce(settings -> '$.maskAtShare', '0.6'))),
  settings = json_remove(settings, '$.profile', '$.maskAtShare');

drop view v_arms;
drop view v_trials;
drop view v_pass_rate;

create view v_arms as
select ra.run_id, a.id as arm_id, coalesce(ra.name, a.name) as name,
       case agent ->> '$.kind' when 'loop' then 'loop' else (agent ->> '$.name') || ' ' || (agent ->> '$.version') end as agent,
       a.model, coalesce(ra.prompt_name, a.prompt_name) as prompt
from run_arms ra join arms a on a.id = ra.arm_id;

create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.agent, a.model, a.prompt, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail, t.reused_from
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id;

-- Tasks weigh the same, however many attempts each had.
create view v_pass_rate as
with per_task as (
  select run_id, arm_id, task_id, avg(passed) as rate, sum(passed) as passed, count(passed) as graded, sum(outcome = 'error') as errors,
         sum(case when outcome = 'graded' then cost_usd end) as cost_usd, sum(outcome = 'graded' and cost_usd is null) as unpriced
  from trials group by run_id, arm_id, task_id)
select p.run_id as run, a.name as arm, a.agent, a.model, a.prompt, avg(p.rate) as pass_rate, sum(p.passed) as passed, sum(p.graded) as graded, sum(p.errors) as errors,
       count(*) as tasks, case when sum(p.unpriced) = 0 then sum(p.cost_usd) end as cost_usd
from per_task p join v_arms a on a.run_id = p.run_id and a.arm_id = p.arm_id group by p.run_id, p.arm_id;
`,
  // Each database has an id, so that a user is asked before bench writes to one that came from somebody else.
  `
-- One row: a random id, by which a user's own databases are recognized.
create table origin (
  id text not null
) strict;
insert into origin (id) values (lower(hex(randomblob(16))));
`,
  // What providers really say: counts that are missing or do not add up, costs that two parties state, requests that may have been billed, and how fast a model writes.
  `
-- Whether the provider gave a count of tokens; where it did not, the counts are 0 and mean nothing.
alter table steps add column usage_known integer not null default 1;
update steps set usage_known = 0, usage_inconsistency = null where usage_inconsistency = 'the provider reported no usage';
-- What a gateway reported, beside what the price gives; from here on computed_cost_usd is stored for every step with a price.
alter table steps add column reported_cost_usd real;
update steps set reported_cost_usd = cost_usd where cost_source = 'reported';
-- Null for an answer that was not streamed.
alter table steps add column first_token_ms real;

-- What the requests that may have been billed are assumed to have cost; no part of cost_usd.
alter table trials add column assumed_usd real not null default 0;
alter table trials add column unknown_usage_steps integer not null default 0;
alter table trials add column doubtful_usage_steps integer not null default 0;
-- Null in trials of versions before this one.
alter table trials add column model_ms real;
alter table trials add column first_token_ms real;

-- Whether a request was billed ('none', 'maybe', 'known'; null while it is open), and what one that may have been is assumed to have cost.
alter table spending add column billing text;
alter table spending add column assumed_usd real;
-- The part of what was reserved that is the prompt's, and the tokens of the answer: the next requests are estimated from them. Null in rows of versions before this one.
alter table spending add column prompt_usd real;
alter table spending add column prompt_tokens integer;
alter table spending add column output_tokens integer;
-- What one trial has spent is read at its start and at its end.
drop index spending_of_run;
create index spending_of_run on spending (run_id, arm_id, task_id, attempt);
update spending set billing = iif(cost_usd is null, 'maybe', 'known'), assumed_usd = iif(cost_usd is null, reserved_usd, 0) where settled = 1;

drop index trials_of_report;
create index trials_of_report on trials (run_id, task_id, arm_id, passed, attempt, tampered, stop, iterations, input_tokens, cache_write_tokens,
  cache_read_tokens, output_tokens, cost_usd, reused_from, unbilled_attempts, working_ms, assumed_usd, unknown_usage_steps, doubtful_usage_steps,
  model_ms, first_token_ms) where passed is not null;
-- With "passed" in it, the index answers by itself; without, every trial of a run was looked at to find those in error.
drop index trials_in_error;
create index trials_in_error on trials (run_id, task_id, arm_id, passed, attempt, unbilled_attempts, assumed_usd) where passed is null;

drop view v_trials;
create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.agent, a.model, a.prompt, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens, t.unknown_usage_steps, t.doubtful_usage_steps,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.assumed_usd, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.model_ms / 1000.0 as model_s, t.first_token_ms / 1000.0 as first_token_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail, t.reused_from
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id;

drop view v_steps;
create view v_steps as
select t.id as trial, t.run_id as run, t.task_id as task, a.name as arm, t.attempt, s.iteration, s.finish,
       s.input_tokens, s.cache_read_tokens, s.cache_write_tokens, s.output_tokens, s.usage_known, s.usage_inconsistency, s.cost_usd, s.reported_cost_usd,
       s.computed_cost_usd, s.cost_source, s.duration_ms / 1000.0 as duration_s, s.first_token_ms / 1000.0 as first_token_s, s.waited_ms / 1000.0 as waited_s
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id join steps s on s.execution_id = t.execution_id;
`,
  // How a solution was kept apart from its tests, what of it was not used, and what the reference taught about its results.
  `
-- 'process', 'process-one-user' or 'none'; null where nothing was run, and in trials of versions before this one.
alter table trials add column isolation text;
-- Files that were submitted and not used: a list of objects with path and reason.
alter table trials add column held_back text not null default '[]';
-- An object: for each place where results cross to the tests, 'data' or 'own'. Null where it was not learned.
alter table required_tests add column shapes text;
-- Few trials have any, and reports look for them.
create index trials_held_back on trials (run_id, arm_id) where held_back <> '[]';

drop index trials_of_report;
create index trials_of_report on trials (run_id, task_id, arm_id, passed, attempt, tampered, stop, iterations, input_tokens, cache_write_tokens,
  cache_read_tokens, output_tokens, cost_usd, reused_from, unbilled_attempts, working_ms, assumed_usd, unknown_usage_steps, doubtful_usage_steps,
  model_ms, first_token_ms, isolation) where passed is not null;

drop view v_trials;
create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.agent, a.model, a.prompt, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.isolation, t.held_back, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens, t.unknown_usage_steps, t.doubtful_usage_steps,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.assumed_usd, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.model_ms / 1000.0 as model_s, t.first_token_ms / 1000.0 as first_token_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail, t.reused_from
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id;
`,
  // Tasks that share something are not independent.
  `
-- What the task shared with others of the run when it started, such as a repository; null where it said nothing.
alter table run_tasks add column task_group text;
`,
  // Tasks whose tests give numbers by name.
  `
-- An object with the numbers by name that the tests of a graded state gave; null in all other trials.
alter table trials add column rewards text;

drop view v_trials;
create view v_trials as
select t.id, t.run_id as run, t.task_id as task, a.name as arm, a.agent, a.model, a.prompt, t.attempt, t.outcome, t.passed, t.stop, t.reason,
       t.tests_passed, t.tests_total, t.tampered, t.isolation, t.held_back, t.rewards, t.error_source, t.error_message, t.iterations,
       t.input_tokens, t.cache_read_tokens, t.cache_write_tokens, t.output_tokens, t.reasoning_tokens, t.unknown_usage_steps, t.doubtful_usage_steps,
       t.cost_usd, t.no_cache_cost_usd, t.unbilled_attempts, t.assumed_usd, t.working_ms / 1000.0 as working_s, t.waited_ms / 1000.0 as waited_s,
       t.model_ms / 1000.0 as model_s, t.first_token_ms / 1000.0 as first_token_s,
       t.duration_ms / 1000.0 as duration_s, t.started_at, t.stop_detail, t.reused_from
from trials t join v_arms a on a.run_id = t.run_id and a.arm_id = t.arm_id;
`,
  // Pages of the web that the agents of a run may read are the same for all of them.
  `
-- Each address is fetched once in a run; a redirect is an answer of its own. 'failure' says why there is no page.
create table web_answers (
  run_id text not null references runs (id),
  url text not null,
  fetched_at text not null,
  status integer,
  content_type text,
  redirected_to text,
  failure text,
  text_blob text references blobs (digest),
  is_cut integer not null default 0,
  primary key (run_id, url)
) strict, without rowid;
`,
];
