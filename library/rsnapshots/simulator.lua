---@meta rsnapshots.simulator

---Options of `simulator.new`.
---@class rsnapshots.SimulatorOptions
---@field host? string ("127.0.0.1")
---@field port? integer (0: any free one)
---@field latency? number seconds before every answer
---@field api? integer[] versions of block storage ({1, 2, 3})
---@field identity? integer[] versions of identity ({2, 3})
---@field create_seconds? number (0.2)
---@field delete_seconds? number (0.2)
---@field page_limit? integer (1000)
---@field quota_snapshots? integer
---@field quota_volumes? integer
---@field quota_gigabytes? integer
---@field snapshots_per_volume? integer of version 1 (500)
---@field token_seconds? number (86400)
---@field max_microversion? string ("3.70")
---@field snapshot_filters? string[] names that an ordinary user may filter by
---@field now? fun(): number the clock
---@field log? any a file that gets a line per request
---@field record? boolean keep `sim.requests` (true)
---@field catalog_projects? boolean (true)
---@field quirks? string[] names of `simulator.quirks()`

---@class rsnapshots.SimulatorCredentials
---@field api_version? 1|2|3 (3)
---@field auth? string ("v3password")
---@field user? string ("demo")

---@class rsnapshots.SimulatorVolume
---@field id? string
---@field size? number
---@field status? string
---@field name? string
---@field description? string
---@field metadata? table<string, string>
---@field project? string
---@field age? number seconds
---@field created_at? number|string
---@field snapshot_id? string
---@field group_id? string

---@class rsnapshots.SimulatorSnapshot
---@field id? string only in a list
---@field volume_id? string an id or a name
---@field name? string
---@field description? string
---@field status? string
---@field metadata? table<string, string>
---@field progress? string
---@field size? number
---@field age? number seconds
---@field created_at? number|string
---@field updated_at? number|string
---@field group_snapshot_id? string
---@field prefix? string only if a number is given
---@field seconds? number the time between two; only if a number is given

---Which requests go wrong, and how.
---@class rsnapshots.SimulatorFault
---@field method? string
---@field path? string a Lua pattern, or a plain part
---@field query? string
---@field times? integer how many
---@field after? integer how many of them pass first
---@field status? integer
---@field headers? table<string, string>
---@field body? string
---@field delay? number seconds
---@field cut? "before"|"after"|"head"|"reset"|integer
---@field act? boolean carry the operation out all the same
---@field stall? boolean never answer
---@field trickle? number seconds per byte

---`require "rsnapshots.simulator"`
---@class rsnapshots.simulator
local simulator = {}

---Starts a simulator, which listens on loopback.
---@param options? rsnapshots.SimulatorOptions
---@return rsnapshots.Simulator? sim
---@return string? problem
function simulator.new(options) end

---Reads a fault from text: `"GET /snapshots status=503 times=2"`.
---@param text string
---@return rsnapshots.SimulatorFault? fault
---@return string? problem
function simulator.parse_fault(text) end

---All quirks: `{ name, sentence }` for each.
---@return { [1]: string, [2]: string }[]
function simulator.quirks() end

---What is wrong with a word of the option `quirks`; nil if nothing is.
---@param word string
---@return string?
function simulator.quirk_problem(word) end

---A cloud on loopback.
---@class rsnapshots.Simulator
---@field url string
---@field host string
---@field port integer
---@field volume_id string the ready-made volume
---@field requests table[] every request so far
---@field wait rsnapshots.Wait serves while a client waits
local Simulator = {}

---Options for `rsnapshots.connect`.
---@param spec? rsnapshots.SimulatorCredentials
---@return rsnapshots.ConnectOptions
function Simulator:credentials(spec) end

---Connects a client that shares the simulator's clock.
---@param given? rsnapshots.ConnectOptions|rsnapshots.SimulatorCredentials
---@return rsnapshots.Client? client
---@return rsnapshots.Error? err
function Simulator:connect(given) end

---Moves the clock on.
---@param seconds number
function Simulator:advance(seconds) end

---Adds a volume.
---@param spec? rsnapshots.SimulatorVolume
---@return string id
function Simulator:add_volume(spec) end

---Adds alike snapshots by number, or one for each table of a list.
---@param n integer|rsnapshots.SimulatorSnapshot[]
---@param spec? rsnapshots.SimulatorSnapshot
---@return string[] ids
function Simulator:add_snapshots(n, spec) end

---The record of a volume, which may be changed; nil if there is none.
---@param id string an id or a name
---@return table? record
function Simulator:find_volume(id) end

---The record of a snapshot, which may be changed; nil if there is none.
---@param id string
---@return table? record
function Simulator:find_snapshot(id) end

---Makes the next snapshots of a volume end in ERROR.
---@param volume string an id or a name
---@param n? integer how many of them; default: all
function Simulator:fail_snapshots_of(volume, n) end

---Makes some requests go wrong.
---@param spec rsnapshots.SimulatorFault
---@return table fault whose `hits` counts
function Simulator:fault(spec) end

---Ends all faults.
function Simulator:clear_faults() end

---Empties `requests`.
function Simulator:clear_requests() end

---Makes the service refuse every token issued so far.
function Simulator:revoke_tokens() end

---Serves the requests that come within this time.
---@param seconds? number
function Simulator:step(seconds) end

---Serves until `stop` is called.
---@param fd? integer also ends when this descriptor has something to read
function Simulator:run(fd) end

---Ends `run`.
function Simulator:stop() end

---Idempotent.
function Simulator:close() end

return simulator
