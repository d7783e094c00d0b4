-- A policy for `rsnapshots rotate`: what to create and what to keep (docs/operators.md). It is only
-- data: you cannot call functions here. Copy it to /etc/rsnapshots/policy.lua, and try it:
--
--     rsnapshots rotate /etc/rsnapshots/policy.lua --dry-run
return {
  name = "nightly", -- snapshots carry this name as a mark; only those are ever removed
  volumes = { "web", "db" }, -- ids or names

  -- Or let the owners choose, by a property of the volume.
  --   openstack volume set --property backup=nightly web
  -- volume_property = { backup = "nightly" },

  slot = "day", -- one a day, however often it runs; "hour" is the default
  utc_offset = "+01:00", -- where a day begins

  keep_last = 2,
  keep_daily = 7,
  keep_weekly = 4,
  keep_monthly = 12,
}
