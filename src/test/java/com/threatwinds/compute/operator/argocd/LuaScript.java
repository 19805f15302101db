package com.threatwinds.compute.operator.argocd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaClosure;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Prototype;
import org.luaj.vm2.Varargs;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.CoroutineLib;
import org.luaj.vm2.lib.OneArgFunction;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.StringLib;
import org.luaj.vm2.lib.TableLib;
import org.luaj.vm2.lib.ZeroArgFunction;
import org.luaj.vm2.lib.jse.JseBaseLib;
import org.luaj.vm2.lib.jse.JseMathLib;
import org.luaj.vm2.lib.jse.JseOsLib;

/**
 * A script, run on a resource as Argo CD 3.6 runs it ({@code util/lua/lua.go} there): the resource
 * is the global {@code obj}, and there are the libraries that Argo CD opens and no others.
 *
 * <p>JSON goes to Lua and back with the losses that it has in Argo CD: a number is a double, null
 * is absent, and an empty object comes back as an empty array.
 */
final class LuaScript {

  /** What a script finds there. */
  enum Libraries {
    /**
     * As from {@code argocd-cm}: base, package and table, and of os the two functions that tell the
     * time, which only {@code require} gives.
     */
    FEW,
    /** As for a script that is built into Argo CD, or with {@code useOpenLibs}. */
    ALL
  }

  /** What a script takes for the time. */
  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final Interpreter FEW = new Interpreter(Libraries.FEW);
  private static final Interpreter ALL = new Interpreter(Libraries.ALL);

  private final String name;
  private final Prototype compiled;

  LuaScript(String name, String text) {
    this.name = name;
    try {
      this.compiled = FEW.globals().compilePrototype(new StringReader(text), name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the script returns for the resource. */
  JsonNode run(JsonNode resource, Libraries libraries) {
    Interpreter interpreter =
        switch (libraries) {
          case FEW -> FEW;
          case ALL -> ALL;
        };
    // What one script leaves behind is not there for the next.
    LuaTable environment = LuaValue.tableOf();
    environment.setmetatable(
        LuaValue.tableOf(new LuaValue[] {LuaValue.INDEX, interpreter.globals()}));
    environment.set("obj", lua(resource));
    synchronized (LuaScript.class) {
      // The methods of strings are one for all interpreters in the process.
      LuaString.s_metatable = interpreter.strings();
      return json(new LuaClosure(compiled, environment).call());
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** What scripts share, none of which they change. */
  private record Interpreter(Globals globals, @Nullable LuaValue strings) {

    Interpreter(Libraries libraries) {
      this(open(libraries), LuaString.s_metatable);
    }
  }

  private static synchronized Globals open(Libraries libraries) {
    LuaString.s_metatable = null;
    var globals = new Globals();
    globals.load(new JseBaseLib());
    globals.load(new PackageLib());
    globals.load(new TableLib());
    LuaTable os = time();
    switch (libraries) {
      case FEW -> globals.get("package").get("loaded").set("os", os);
      case ALL -> {
        globals.load(new StringLib());
        globals.load(new JseMathLib());
        globals.load(new CoroutineLib());
        globals.load(new JseOsLib());
        globals.get("os").set("date", os.get("date"));
        globals.get("os").set("time", os.get("time"));
      }
    }
    LoadState.install(globals);
    LuaC.install(globals);
    return globals;
  }

  /** The functions of os that tell the time, which stands still. */
  private static LuaTable time() {
    var elsewhere = new Globals();
    elsewhere.load(new JseBaseLib());
    elsewhere.load(new PackageLib());
    elsewhere.load(new JseOsLib());
    LuaValue now = LuaValue.valueOf(NOW.getEpochSecond());
    LuaValue date = elsewhere.get("os").get("date");
    LuaTable os = LuaValue.tableOf();
    os.set(
        "date",
        new OneArgFunction() {
          @Override
          public LuaValue call(LuaValue format) {
            return date.call(format, now);
          }
        });
    os.set(
        "time",
        new ZeroArgFunction() {
          @Override
          public LuaValue call() {
            return now;
          }
        });
    return os;
  }

  private static LuaValue lua(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        LuaTable table = LuaValue.tableOf();
        node.properties().forEach(e -> table.set(LuaValue.valueOf(e.getKey()), lua(e.getValue())));
        yield table;
      }
      case ARRAY -> {
        LuaTable table = LuaValue.tableOf();
        for (int i = 0; i < node.size(); i++) {
          table.set(i + 1, lua(node.get(i)));
        }
        yield table;
      }
      case STRING -> LuaValue.valueOf(node.textValue());
      case NUMBER -> LuaValue.valueOf(node.doubleValue());
      case BOOLEAN -> LuaValue.valueOf(node.booleanValue());
      case NULL, MISSING -> LuaValue.NIL;
      case BINARY, POJO -> throw new IllegalArgumentException("not from JSON: " + node);
    };
  }

  private static JsonNode json(LuaValue value) {
    return switch (value.type()) {
      case LuaValue.TNIL -> NODES.nullNode();
      case LuaValue.TBOOLEAN -> NODES.booleanNode(value.toboolean());
      case LuaValue.TNUMBER -> number(value.todouble());
      case LuaValue.TSTRING -> NODES.textNode(value.tojstring());
      case LuaValue.TTABLE -> json(value.checktable());
      default -> throw new IllegalStateException("no JSON for a " + value.typename());
    };
  }

  /** Of the type that a reader of JSON would give it. */
  private static JsonNode number(double value) {
    if (value == (int) value) {
      return NODES.numberNode((int) value);
    }
    return value == (long) value ? NODES.numberNode((long) value) : NODES.numberNode(value);
  }

  private static JsonNode json(LuaTable table) {
    if (table.length() > 0 || !table.next(LuaValue.NIL).arg1().toboolean()) {
      ArrayNode array = NODES.arrayNode();
      for (int i = 1; i <= table.length(); i++) {
        array.add(json(table.get(i)));
      }
      return array;
    }
    ObjectNode object = NODES.objectNode();
    for (Varargs next = table.next(LuaValue.NIL);
        !next.arg1().isnil();
        next = table.next(next.arg1())) {
      object.set(next.arg1().checkjstring(), json(next.arg(2)));
    }
    return object;
  }
}
