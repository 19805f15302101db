-- Healthy: as asked, a stopped instance that should be stopped too. Progressing: the operator goes on
-- by itself, or has not looked yet. Degraded: a person must act. Suspended: paused, and not as asked.
-- argocd-cm runs this without the string library, so nothing here takes a text apart.

local group = "compute.threatwinds.com/"

-- A status may have been edited by hand, so no type is taken for granted.
local function field(from, key)
  if type(from) == "table" then
    return from[key]
  end
  return nil
end

local metadata = field(obj, "metadata")
local annotations = field(metadata, "annotations")
local status = field(obj, "status")

local function condition(kind)
  local conditions = field(status, "conditions")
  if type(conditions) == "table" then
    for _, one in ipairs(conditions) do
      if field(one, "type") == kind then
        return one
      end
    end
  end
  return nil
end

local ready = condition("Ready")
local reconciling = condition("Reconciling")
local stalled = condition("Stalled")

local function is(one, value)
  return field(one, "status") == value
end

-- What a person reads in Argo CD: the reason, and the operator's sentence.
local function told(one, otherwise)
  local reason = field(one, "reason")
  local message = field(one, "message")
  if type(reason) ~= "string" or type(message) ~= "string" then
    return otherwise
  end
  return reason .. ": " .. message
end

local function health(code, message)
  return { status = code, message = message }
end

-- An annotation changes no generation, so a request is looked up among those that were handled. A
-- value that the operator remembers by its hash can't be: then a handled one counts as this one.
local function pending(annotation, operation)
  local value = field(annotations, group .. annotation)
  if type(value) ~= "string" or value == "" or #value > 63 then
    return false
  end
  local mark = "annotation/" .. operation .. "/"
  local handled = field(field(status, "power"), "handledRequestIds")
  if type(handled) == "table" then
    for _, one in ipairs(handled) do
      if one == mark .. value then
        return false
      end
      -- Begins with the word sha256 and a colon; a semicolon is the next character.
      if type(one) == "string" and one > mark .. "sha256:" and one < mark .. "sha256;" then
        return false
      end
    end
  end
  return true
end

if field(metadata, "deletionTimestamp") ~= nil then
  return health("Progressing", told(ready, "Deleting: the operator is to delete it"))
end

if ready == nil then
  return health("Progressing", "waiting for the operator to look at it")
end

-- Before anything else: what a fix has just corrected must not fail the sync that brought it.
local generation = field(metadata, "generation")
if generation ~= nil and field(status, "observedGeneration") ~= generation then
  return health("Progressing", "waiting for the operator to look at the last change of spec")
end

if is(reconciling, "True") then
  return health("Progressing", told(reconciling, "the operator is at work"))
end

if is(stalled, "True") then
  return health("Degraded", told(stalled, "a person must act"))
end

local paused = field(annotations, group .. "paused") == "true"

if is(ready, "True") then
  if not paused then
    if pending("restart-requested", "Restart") then
      return health("Progressing", "Restarting: a restart is asked for")
    end
    if pending("reset-requested", "Reset") then
      return health("Progressing", "Resetting: a reset is asked for")
    end
  end
  return health("Healthy", told(ready, "as asked"))
end

if paused and field(reconciling, "reason") == "Paused" then
  return health("Suspended", told(reconciling, "paused"))
end

return health("Progressing", told(ready, "waiting for the operator to look at it"))
