--- The pages of the site, in the order of its navigation: where each comes from, what it is called
-- in the navigation, and the file that it becomes.
local function page(source, title, target)
  return { source = source, title = title,
    target = target or source:match "([^/]+)%.md$" .. ".html" }
end

local function reference(name, title)
  return page("reference/" .. name .. ".md", title, "reference-" .. name:lower() .. ".html")
end

return {
  { title = "Start", page("README.md", "rsnapshots", "index.html"),
    page("docs/getting-started.md", "Getting started"),
    page("docs/install.md", "Installing"), page("docs/recipes.md", "Five recipes") },
  { title = "Guides", page("docs/operators.md", "For operators"),
    page("docs/snapshots.md", "Snapshots in Lua"), page("docs/many.md", "Many at once"),
    page("docs/retention.md", "Retention"), page("docs/connecting.md", "Connecting"),
    page("docs/loops.md", "Event loops"), page("docs/hosts.md", "In other programs"),
    page("docs/c.md", "In C"), page("docs/simulator.md", "The simulator"),
    page("docs/container.md", "In a container") },
  { title = "Coming from", page("docs/coming-from-gophercloud.md", "gophercloud"),
    page("docs/coming-from-openstack.md", "openstacksdk, cinderclient"),
    page("docs/coming-from-restic.md", "restic") },
  { title = "Reference", page("docs/command.md", "The command"),
    page("docs/snapshot.md", "Snapshot"), reference("rsnapshots", "rsnapshots"),
    reference("Client", "Client"), reference("Pager", "Pager"), reference("Group", "Group"),
    reference("retention", "rsnapshots.retention"),
    reference("simulator", "rsnapshots.simulator"), page("docs/errors.md", "Errors"),
    page("docs/admin.md", "Verbs by version") },
  { title = "About", page("docs/reliability.md", "What is promised"),
    page("docs/services.md", "What services do"), page("docs/performance.md", "Performance"),
    page("docs/versions.md", "Versions of Lua"), page("docs/architecture.md", "How it is built"),
    page("CONTRIBUTING.md", "Contributing", "contributing.html"),
    page("SECURITY.md", "Security", "security.html"),
    page("CHANGELOG.md", "Changelog", "changelog.html") },
}
