---@meta rsnapshots.retention

---@alias rsnapshots.Count integer|"unlimited"

---Which snapshots to keep. It needs at least one rule.
---@class rsnapshots.Policy
---@field name? string only snapshots with this policy's mark are considered
---@field keep_last? rsnapshots.Count
---@field keep_hourly? rsnapshots.Count
---@field keep_daily? rsnapshots.Count
---@field keep_weekly? rsnapshots.Count ISO weeks
---@field keep_monthly? rsnapshots.Count
---@field keep_yearly? rsnapshots.Count
---@field keep_within? string a duration such as "1y5m7d2h"
---@field keep_within_hourly? string
---@field keep_within_daily? string
---@field keep_within_weekly? string
---@field keep_within_monthly? string
---@field keep_within_yearly? string
---@field keep_tag? string|(string|string[])[] sets of KEY and KEY=VALUE
---@field group_by? "volume_id"|"project_id"|"name"|"none"
---@field utc_offset? number|string seconds, or "+02:00"
---@field now? number Unix seconds
---@field all? boolean also snapshots without a mark
---@field max_remove? integer|string such as "50%" of each group, or "unlimited"

---@class rsnapshots.PlanEntry
---@field snapshot rsnapshots.Snapshot
---@field keep boolean
---@field reasons string[]
---@field group string

---@class rsnapshots.PlanGroup
---@field key string
---@field reference? number what `keep_within` counts from
---@field newest? string the id of the newest good snapshot
---@field keep rsnapshots.PlanEntry[]
---@field remove rsnapshots.PlanEntry[]
---@field good integer how many snapshots the rules were applied to
---@field size { kept: number, removed: number }

---What stays and what goes, newest first.
---@class rsnapshots.Plan
---@field [integer] rsnapshots.PlanEntry
---@field groups rsnapshots.PlanGroup[]
---@field counts { kept: integer, removed: integer }
---@field size { kept: number, removed: number } GiB
---@field name? string the policy's
---@field now number Unix seconds
---@field warnings string[]
---@field others? table<string, integer> how many snapshots other policies have, by name
---@field max_remove? any
local Plan = {}

---The entries that go, oldest first.
---@return rsnapshots.PlanEntry[]
function Plan:removals() end

---The same plan for some of its groups only.
---@param groups rsnapshots.PlanGroup[] some of `groups`
---@return rsnapshots.Plan
function Plan:part(groups) end

---@class rsnapshots.ApplyOptions
---@field dry_run? boolean nothing is sent
---@field concurrency? integer (8)
---@field on_progress? fun(done: integer, total: integer, result: rsnapshots.Removal)
---@field max_remove? integer|string instead of the policy's
---@field stop? fun(): boolean? called before each delete; true leaves the rest

---@class rsnapshots.Removal: rsnapshots.Result
---@field entry rsnapshots.PlanEntry
---@field changed boolean did it change since it was listed?
---@field left boolean was it left because of `stop`?

---`require "rsnapshots.retention"`
---@class rsnapshots.retention
---@field POLICY_KEYS string[] all keys of a policy
local retention = {}

---Decides which snapshots stay and which go. Changes nothing.
---@param snapshots rsnapshots.Snapshot[]|table[]|rsnapshots.Page|rsnapshots.Pager
---@param policy rsnapshots.Policy
---@return rsnapshots.Plan? plan
---@return rsnapshots.Error? err
function retention.plan(snapshots, policy) end

---Deletes the snapshots that a plan removes.
---@param client rsnapshots.Client
---@param plan rsnapshots.Plan
---@param options? rsnapshots.ApplyOptions
---@return rsnapshots.Removal[]? results oldest first
---@return integer|rsnapshots.Error failures
function retention.apply(client, plan, options) end

---Checks whether `apply` would refuse a plan because of `max_remove`.
---@param plan rsnapshots.Plan
---@param max_remove? integer|string
---@param others? integer how many go by other plans within the same limit
---@return true? allowed
---@return integer|rsnapshots.Error count how many good ones go, with the others
function retention.check_limit(plan, max_remove, others) end

---Checks a policy and completes it.
---@param policy rsnapshots.Policy
---@return rsnapshots.Policy? read
---@return rsnapshots.Error? err
function retention.read_policy(policy) end

---The same policy at another time.
---@param policy rsnapshots.Policy
---@param now? number Unix seconds; the clock's
---@param stays? string the id of a snapshot that stays, whatever the rules say
---@return rsnapshots.Policy
function retention.at(policy, now, stays) end

---The metadata that marks a snapshot as a policy's own.
---@param policy_name string
---@return table<string, string>
function retention.mark(policy_name) end

---The name that is the mark on version 1.
---@param policy_name string
---@param time number Unix seconds
---@return string
function retention.name_for(policy_name, time) end

---The name of the policy that made a snapshot; nil if none did.
---@param snapshot rsnapshots.Snapshot|table
---@return string?
function retention.policy_of(snapshot) end

---A plan as plain values, for a file.
---@param plan rsnapshots.Plan
---@param endpoint? string
---@return table
function retention.to_document(plan, endpoint) end

---Makes a plan from the values of `to_document`.
---@param document table
---@param endpoint? string
---@return rsnapshots.Plan? plan
---@return rsnapshots.Error? err
function retention.from_document(document, endpoint) end

return retention
