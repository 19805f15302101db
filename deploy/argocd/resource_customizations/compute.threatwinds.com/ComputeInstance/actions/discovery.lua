-- What would have no effect is shown, and disabled.

local function field(from, key)
  if type(from) == "table" then
    return from[key]
  end
  return nil
end

local metadata = field(obj, "metadata")
local status = field(obj, "status")
local power = field(field(obj, "spec"), "power")
local state = field(status, "state")

local deleting = field(metadata, "deletionTimestamp") ~= nil
local paused = field(field(metadata, "annotations"), "compute.threatwinds.com/paused") == "true"
local idle = deleting or paused

-- A request before there is an instance is recorded as Skipped, and so is one while it should be stopped.
local bound = field(status, "instanceId") ~= nil and field(status, "state") ~= nil
local wanted = power == "Running" or power == "Restart" or power == "Reset"
local runs = power == nil and (state == "PROVISIONING" or state == "STAGING" or state == "RUNNING")
local rests = power == nil and (state == "STOPPING" or state == "TERMINATED" or state == "SUSPENDED")

local actions = {}

actions["restart"] = {
  ["displayName"] = "Restart the instance",
  ["iconClass"] = "fa fa-fw fa-redo",
  ["disabled"] = idle or not bound or power == "Stopped"
}
actions["reset"] = {
  ["displayName"] = "Reset the instance",
  ["iconClass"] = "fa fa-fw fa-bolt",
  ["disabled"] = idle or not bound or power == "Stopped"
}
actions["start"] = {
  ["displayName"] = "Start the instance",
  ["iconClass"] = "fa fa-fw fa-play-circle",
  ["disabled"] = idle or wanted or runs
}
actions["stop"] = {
  ["displayName"] = "Stop the instance",
  ["iconClass"] = "fa fa-fw fa-stop-circle",
  ["disabled"] = idle or power == "Stopped" or rests
}
actions["pause"] = {
  ["displayName"] = "Pause the operator here",
  ["iconClass"] = "fa fa-fw fa-pause-circle",
  ["disabled"] = paused
}
actions["resume"] = {
  ["displayName"] = "Resume the operator here",
  ["iconClass"] = "fa fa-fw fa-forward",
  ["disabled"] = not paused
}

return actions
