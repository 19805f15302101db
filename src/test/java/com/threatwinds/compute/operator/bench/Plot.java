package com.threatwinds.compute.operator.bench;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A plot with two logarithmic axes, as SVG.
 *
 * <p>XChart and JFreeChart draw on a Java2D canvas, with the fonts of the machine: the same figures
 * would give another file elsewhere. This one is text, and is compared as such.
 */
record Plot(String title, String xLabel, List<Line> lines) {

  record Line(String name, String color, List<Point> points) {}

  record Point(double x, double y) {}

  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int LEFT = 70;
  private static final int RIGHT = 130;
  private static final int TOP = 50;
  private static final int BOTTOM = 50;
  private static final int DECADES = 5;

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
            .formatted(WIDTH, HEIGHT));
    svg.append(" font-family=\"sans-serif\" font-size=\"12\">\n");
    svg.append("<title>%s</title>%n".formatted(title));
    svg.append("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>%n".formatted(WIDTH, HEIGHT));
    svg.append("<text x=\"%d\" y=\"28\" font-size=\"15\">%s</text>%n".formatted(LEFT, title));
    for (int decade = 0; decade < DECADES; decade++) {
      double value = Math.pow(10, decade);
      String number = String.format(Locale.ROOT, "%,d", Math.round(value));
      svg.append(
          "<path d=\"M%d %sH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%s\" text-anchor=\"end\">%s</text>%n"
              .formatted(LEFT, y(value), WIDTH - RIGHT, LEFT - 8, text(yAt(value) + 4), number));
      svg.append(
          "<text x=\"%s\" y=\"%d\" text-anchor=\"middle\">%s</text>%n"
              .formatted(text(xAt(value)), HEIGHT - BOTTOM + 18, number));
    }
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n"
            .formatted((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, xLabel));
    lines.forEach(line -> svg.append(draw(line)));
    return svg.append("</svg>\n").toString();
  }

  private static String draw(Line line) {
    String way =
        line.points().stream()
            .map(point -> text(xAt(point.x())) + " " + y(point.y()))
            .collect(Collectors.joining("L", "M", ""));
    String dots =
        line.points().stream()
            .map(
                point ->
                    "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"%s\"/>%n"
                        .formatted(text(xAt(point.x())), y(point.y()), line.color()))
            .collect(Collectors.joining());
    Point last = line.points().getLast();
    return "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n%s<text x=\"%s\" y=\"%s\" fill=\"%s\">%s</text>%n"
        .formatted(
            way,
            line.color(),
            dots,
            text(xAt(last.x()) + 10),
            text(yAt(last.y()) + 4),
            line.color(),
            line.name());
  }

  private static double xAt(double value) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.log10(Math.max(1, value)) / (DECADES - 1);
  }

  private static double yAt(double value) {
    return HEIGHT
        - BOTTOM
        - (HEIGHT - TOP - BOTTOM) * Math.log10(Math.max(1, value)) / (DECADES - 1);
  }

  private static String y(double value) {
    return text(yAt(value));
  }

  private static String text(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }
}
