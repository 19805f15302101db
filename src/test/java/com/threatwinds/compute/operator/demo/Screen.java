package com.threatwinds.compute.operator.demo;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a person sees: one terminal in which somebody types commands while {@code kubectl get ci -w}
 * and the events, indented, run along.
 *
 * <p>Several threads write. A command holds the screen until its own output is there, so that no
 * effect shows before its cause.
 */
final class Screen {

  private static final String ROW = "%-12s%-8s%-15s%-15s%-16s%s";
  private static final String EVENT = "    %-10s%-17s%-29s%s";

  private static final String MARGIN = " ".repeat(18);
  private static final int WIDTH = 96;

  private static final String BOLD = "1";
  private static final String YELLOW = "33";
  private static final String CYAN = "36";
  private static final String GREY = "90";

  private final PrintStream out;
  private final boolean coloured;

  Screen(PrintStream out, boolean coloured) {
    this.out = out;
    this.coloured = coloured;
  }

  synchronized void say(String text) {
    out.println(text);
  }

  /** Text that {@link #say} ends, for what takes a while. */
  synchronized void begin(String text) {
    out.print(text);
    out.flush();
  }

  /** What goes below {@link #begin}, in lines that fit. */
  synchronized void detail(String text) {
    StringBuilder line = new StringBuilder(MARGIN);
    for (String word : text.split(" ")) {
      if (line.length() + word.length() > WIDTH) {
        out.println(line.toString().stripTrailing());
        line = new StringBuilder(MARGIN);
      }
      line.append(word).append(' ');
    }
    out.println(line.toString().stripTrailing());
  }

  synchronized void title(String text) {
    out.println();
    out.println(in(BOLD, "== " + text));
  }

  /** Shows the command, carries out what it stands for, and shows the output. */
  synchronized void command(String line, Supplier<List<String>> effect) {
    out.println();
    out.println(in(CYAN, "$ " + line));
    effect.get().forEach(out::println);
  }

  /** A command whose effect the watches are about to show, under columns of its own. */
  synchronized void change(String line, Supplier<List<String>> effect) {
    command(line, effect);
    columns();
  }

  synchronized void columns() {
    out.println();
    out.println(row("NAME", "READY", "STATE", "EXTERNAL-IP", "ZONE", "AGE"));
    out.println(in(GREY, EVENT.formatted("TYPE", "REASON", "OBJECT", "MESSAGE")));
  }

  synchronized void instance(
      String name, String ready, String state, String externalIp, String zone, String age) {
    out.println(row(name, ready, state, externalIp, zone, age));
  }

  synchronized void event(String type, String reason, String object, String message) {
    String colour = type.equals("Warning") ? YELLOW : GREY;
    out.println(in(colour, EVENT.formatted(type, reason, object, message)));
  }

  private static String row(
      String name, String ready, String state, String externalIp, String zone, String age) {
    return ROW.formatted(name, ready, state, externalIp, zone, age).stripTrailing();
  }

  private String in(String colour, String text) {
    return coloured ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
  }
}
