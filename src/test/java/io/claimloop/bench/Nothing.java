package io.claimloop.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;

/** The no-op endpoint: the Tomcat that ClaimLoop has, without anything behind it. */
final class Nothing extends HttpServlet {
    private Nothing() {}

    public static void main(String[] arguments) throws LifecycleException {
        tomcat(Integer.parseInt(arguments[0]), new Nothing()).getServer().await();
    }

    static Tomcat tomcat(int port, HttpServlet servlet) throws LifecycleException {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(port);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("maxThreads", "64");
        Context context = tomcat.addContext("", null);
        Tomcat.addServlet(context, "all", servlet);
        context.addServletMappingDecoded("/*", "all");
        tomcat.start();
        return tomcat;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().transferTo(OutputStream.nullOutputStream());
        response.setStatus(request.getMethod().equals("GET") ? 200 : 202);
        response.setContentLength(0);
    }
}
