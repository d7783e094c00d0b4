--- Retention: which snapshots to keep, and which to remove.
--
--     local retention = require "rsnapshots.retention"
--     local policy = { name = "nightly", keep_daily = 7, keep_weekly = 4 }
--     local plan = assert(retention.plan(client:list{ volume_id = id }, policy))
--     for _, entry in ipairs(plan) do
--       print(entry.snapshot.id, entry.keep, table.concat(entry.reasons, "; "))
--     end
--     local results, failures = retention.apply(client, plan)
--
-- The rules are those of restic. docs/retention.md explains them all.
-- @module rsnapshots.retention

local apply = require "rsnapshots.retention.apply"
local check = require "rsnapshots.support.check"
local mark = require "rsnapshots.retention.mark"
local plan = require "rsnapshots.retention.plan"
local planfile = require "rsnapshots.retention.planfile"
local policy = require "rsnapshots.retention.policy"

local retention = {}

--- Makes a plan: a list of entries, newest first, with `snapshot`, `keep`, `reasons` (texts) and
-- `group`. It reads a listing to the end. If the listing fails, there is no plan.
--
-- The policy is a table with at least one rule: `keep_last`, `keep_hourly`, `keep_daily`,
-- `keep_weekly` (ISO weeks), `keep_monthly`, `keep_yearly` (a count; -1 or "unlimited" for all),
-- `keep_within`, `keep_within_hourly` ... `keep_within_yearly` (a duration such as `1y5m7d2h`),
-- `keep_tag` (a list of sets of tags; a set is a list of `KEY` and `KEY=VALUE`, or a string
-- `KEY,KEY=VALUE`). Other keys: `name` (the rules apply to snapshots with this policy's mark;
-- without a name, to snapshots with any policy's mark), `all` (true: also to those without a mark),
-- `group_by` ("volume_id"; "project_id", "name", "none"), `utc_offset` (0; seconds, or "+02:00"),
-- `now` (Unix seconds), `max_remove` (see `apply`).
-- @function plan
-- @tparam table|Page|Pager snapshots Snapshots, or tables with the same fields
-- @tparam table policy
-- @treturn Plan nil and an error: `invalid` for the policy, or why the listing failed
retention.plan = plan.make

--- Removes what a plan says. It reads each snapshot again before it deletes it. A snapshot that has
-- changed stays.
-- @function apply
-- @tparam Client client
-- @tparam Plan plan
-- @tparam[opt] table options `dry_run` (nothing is sent), `concurrency` (8), `on_progress(done,
-- total, result)`, `stop` (a function called before each; true leaves the rest),
-- `max_remove` (a number in all, a percentage of each group such as "50%", or "unlimited"; by
-- default the policy's, or half of each group of more than three)
-- @treturn table results, oldest first: `ok`, `value` ("deleted", "gone", in a dry run "planned"),
-- `error`, `changed`, `left` (because of `stop`), `index`, `item` (the snapshot), `entry` (of the
-- plan); nil and an error of kind `invalid` if more than `max_remove` would go; then nothing was
-- removed
-- @treturn integer how many failed, had changed or were left
retention.apply = apply.run

--- Tells whether `apply` would refuse a plan because of `max_remove`.
-- @function check_limit
-- @tparam Plan plan
-- @param[opt] max_remove
-- @int[opt=0] others how many snapshots go by other plans, which share a limit in all with this one
-- @return true; nil and an error of kind `invalid`
-- @treturn int how many good snapshots go, with the others
retention.check_limit = apply.check_limit

--- Checks a policy without snapshots.
-- @function read_policy
-- @tparam table policy
-- @treturn Policy a policy that `plan` takes, too; nil and an error of kind `invalid`
retention.read_policy = policy.read

--- The same policy with another `now`.
-- @function at
-- @tparam Policy policy
-- @tparam[opt] number now Unix seconds; by default the clock's
-- @tparam[opt] string stays the id of a snapshot that stays, whatever the rules say
-- @treturn Policy
retention.at = policy.at

--- The keys that a policy can have, in order.
retention.POLICY_KEYS = policy.KEYS

--- The metadata that marks a snapshot as a policy's: `{ ["rsnapshots:policy"] = name }`.
-- @function mark
-- @tparam string policy_name
-- @treturn table
retention.mark = mark.metadata

--- The name that marks a snapshot as a policy's on version 1, which keeps no metadata.
-- @function name_for
-- @tparam string policy_name
-- @tparam number time Unix seconds
-- @treturn string
retention.name_for = mark.name_for

--- The name of the policy that made a snapshot; nil if none did.
-- @function policy_of
-- @tparam Snapshot|table snapshot
-- @treturn ?string
retention.policy_of = mark.of

--- A plan as plain values, for a file.
-- @function to_document
-- @tparam Plan plan
-- @tparam[opt] string endpoint the client's endpoint; the document is valid for no other
-- @treturn table
retention.to_document = planfile.document

--- Turns such values into a plan again.
-- @function from_document
-- @tparam table document
-- @tparam[opt] string endpoint
-- @treturn Plan nil and an error of kind `invalid`
retention.from_document = planfile.read

check.public(retention)

return retention
